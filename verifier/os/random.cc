#include "verifier/os/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace jobwarden {

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count)) {
    throw std::system_error(errno, std::generic_category(), "no random bytes");
  }
  return bytes;
}

}  // namespace jobwarden
