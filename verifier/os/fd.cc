#include "verifier/os/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace jobwarden {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

int Fd::Release() {
  return std::exchange(fd_, -1);
}

void Fd::Close() {
  if (fd_ >= 0) close(Release());
}

bool OpenStandardDescriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest that is closed is the one that open gives.
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) return false;
  }
  return true;
}

}  // namespace jobwarden
