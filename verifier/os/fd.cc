#include "verifier/os/fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
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

int WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool Say(int fd, std::string_view text) {
  const int error = WriteAll(fd, text);
  if (error != 0) errno = error;
  return error == 0;
}

Fd MemoryFile(const char* name, std::string_view bytes, unsigned flags) {
  Fd file(memfd_create(name, MFD_CLOEXEC | flags));
  if (!file) return file;
  int error = WriteAll(file.get(), bytes);
  if (error == 0 && lseek(file.get(), 0, SEEK_SET) != 0) error = errno;
  if (error == 0) return file;
  file.Close();
  errno = error;
  return {};
}

bool OpenStandardDescriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // open(2) returns the lowest descriptor that is closed.
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) return false;
  }
  return true;
}

}  // namespace jobwarden
