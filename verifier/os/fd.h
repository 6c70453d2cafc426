#ifndef JOBWARDEN_VERIFIER_OS_FD_H_
#define JOBWARDEN_VERIFIER_OS_FD_H_

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

/// Opens /dev/null in the place of each standard descriptor that is closed: the first file that is
/// opened would become it. False when that cannot be done. To be called before any file is opened.
bool OpenStandardDescriptors();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_FD_H_
