#ifndef JOBWARDEN_VERIFIER_OS_FD_H_
#define JOBWARDEN_VERIFIER_OS_FD_H_

#include <string_view>

namespace jobwarden {

/// Owns an open file descriptor, and closes it. Move only.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { Close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int Release();
  void Close();

 private:
  int fd_ = -1;
};

/// Writes all of `bytes`, however many calls that takes. Returns 0, or the errno of the write that
/// failed; a part may be written then.
int WriteAll(int fd, std::string_view bytes);

/// Writes all of `text` for a person to read. False where nobody can read it any more.
bool Say(int fd, std::string_view text);

/// A file in memory alone that holds `bytes` and is read from its beginning. It needs nobody who
/// writes while it is read, as a pipe would. Empty, with errno, when it cannot be had.
Fd MemoryFile(const char* name, std::string_view bytes, unsigned flags = 0);

/// Opens /dev/null in the place of each standard descriptor that is closed: the first file that is
/// opened would become it. False when that cannot be done. To be called before any file is opened.
bool OpenStandardDescriptors();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_FD_H_
