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
  int fd = 0;
  while (fd >= 0 && fd <= STDERR_FILENO) fd = open("/dev/null", O_RDWR);
  return fd >= 0 && close(fd) == 0;
}

}  // namespace jobwarden
