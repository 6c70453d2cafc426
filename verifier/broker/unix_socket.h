#ifndef JOBWARDEN_VERIFIER_BROKER_UNIX_SOCKET_H_
#define JOBWARDEN_VERIFIER_BROKER_UNIX_SOCKET_H_

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace jobwarden {

// A header, for the sake of the step guard: see ticket_request.h.

/// Calls `use` (bind(2) or connect(2)) with the address of the socket at `path`. The kernel takes
/// 107 bytes of a path; a longer one is reached through a descriptor of its folder. Returns 0 or an
/// errno.
template <class Use>
int UseUnixAddress(int fd, const std::string& path, Use use) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string short_path = path;
  int folder = -1;
  if (path.size() >= sizeof(address.sun_path)) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ENAMETOOLONG;
    folder = open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return errno;
    short_path = "/proc/self/fd/" + std::to_string(folder) + path.substr(slash);
  }
  int error = ENAMETOOLONG;
  if (short_path.size() < sizeof(address.sun_path)) {
    std::memcpy(address.sun_path, short_path.c_str(), short_path.size() + 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the form of the call
    error = use(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  }
  if (folder >= 0) close(folder);
  return error;
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_UNIX_SOCKET_H_
