#ifndef JOBWARDEN_VERIFIER_OS_FD_H_
#define JOBWARDEN_VERIFIER_OS_FD_H_

#include <string_view>

namespace jobwarden {

/// Owns an open file descriptor and closes it. It can be moved but not copied.
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

/// Writes all of `bytes`, in as many calls as that takes. Returns 0, or the errno of the write that
/// failed; a part of the bytes may be written then.
int WriteAll(int fd, std::string_view bytes);

/// Writes all of `text` for a person to read. False, with errno, when it cannot be written.
bool Say(int fd, std::string_view text);

/// A file that lies in memory only, holds `bytes` and is read from its beginning. Unlike a pipe, it
/// needs no writer while it is read. Empty, with errno, when the system cannot make it.
Fd MemoryFile(const char* name, std::string_view bytes, unsigned flags = 0);

/// Opens /dev/null in place of each standard descriptor that is closed. Otherwise the next file
/// that is opened becomes standard input, output or error. Call it before any file is opened. False
/// when it fails.
bool OpenStandardDescriptors();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_FD_H_
