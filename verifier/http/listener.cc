#include "verifier/http/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "verifier/base/number.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr int kBacklog = 4096;
constexpr int kFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr int kFirstActivated = 3;

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the form of these calls

const sockaddr* Generic(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

sockaddr* Generic(sockaddr_storage& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

const sockaddr_in& V4(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr_in&>(address);
}

const sockaddr_in6& V6(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr_in6&>(address);
}

// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

std::string HostOf(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = address.ss_family == AF_INET6
                          ? static_cast<const void*>(&V6(address).sin6_addr)
                          : static_cast<const void*>(&V4(address).sin_addr);
  return inet_ntop(address.ss_family, bytes, text.data(), text.size()) == nullptr ? ""
                                                                                  : text.data();
}

std::string NameOf(const sockaddr_storage& address) {
  return address.ss_family == AF_INET6
             ? fmt::format("[{}]:{}", HostOf(address), ntohs(V6(address).sin6_port))
             : fmt::format("{}:{}", HostOf(address), ntohs(V4(address).sin_port));
}

bool IsLoopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) return (ntohl(V4(address).sin_addr.s_addr) >> 24U) == 127;
  return address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&V6(address).sin6_addr);
}

Finding Fault(const ListenAddress& address, int error) {
  return {Code::kStateUnwritable,
          fmt::format("cannot listen at {}: {}", Quote(address.text), ErrorText(error)),
          error == EADDRINUSE ? "another process listens there" : ""};
}

// Whether somebody accepts connections at this socket.
bool IsServed(const ListenAddress& address) {
  const Fd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return connect(probe.get(), Generic(address.address), address.size) == 0;
}

Result<Listener> ListenUnix(const ListenAddress& address, mode_t mode) {
  struct stat st {};
  if (lstat(address.unix_path.c_str(), &st) == 0) {
    if (!S_ISSOCK(st.st_mode)) return Fault(address, EEXIST);
    if (IsServed(address)) return Fault(address, EADDRINUSE);
    unlink(address.unix_path.c_str());
  }
  Listener listener{Fd(socket(AF_UNIX, kFlags, 0)), true, true, address.text};
  // Nobody may connect before the mode is set.
  const mode_t before = umask(S_IRWXG | S_IRWXO);
  const bool bound =
      listener.fd && bind(listener.fd.get(), Generic(address.address), address.size) == 0;
  const int error = errno;
  umask(before);
  if (!bound) return Fault(address, error);
  if (chmod(address.unix_path.c_str(), mode) != 0 || listen(listener.fd.get(), kBacklog) != 0) {
    return Fault(address, errno);
  }
  return listener;
}

}  // namespace

bool ListenAddress::is_local() const {
  return is_unix() || IsLoopback(address);
}

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  ListenAddress address;
  address.text = text;
  if (TakePrefix(text, "unix:")) {
    sockaddr_un local{};
    if (!text.starts_with('/') || text.size() >= sizeof(local.sun_path)) return std::nullopt;
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, text.data(), text.size());
    std::memcpy(&address.address, &local, sizeof(local));
    address.size = sizeof(local);
    address.unix_path = text;
    return address;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const auto port = ParseNumber<std::uint16_t>(text.substr(colon + 1));
  if (!port) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(*port);
    if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return std::nullopt;
    std::memcpy(&address.address, &v6, sizeof(v6));
    address.size = sizeof(v6);
    return address;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(*port);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return std::nullopt;
  std::memcpy(&address.address, &v4, sizeof(v4));
  address.size = sizeof(v4);
  return address;
}

Findings NotAnAddress(std::string_view text) {
  return {{Code::kConfigInvalid, "serve.listen: not an address: " + Quote(text),
           "127.0.0.1:8080, [::1]:8080, or unix:/run/jobwarden/api.sock"}};
}

Findings WithoutTls(std::string_view place) {
  return {{Code::kConfigInvalid,
           fmt::format("{}: other machines would send tokens here without TLS", place),
           "set serve.tls_certificate and serve.tls_key; or say --insecure-listen where something "
           "before this service speaks TLS"}};
}

Result<Listener> Listen(const ListenAddress& address, mode_t mode) {
  if (address.is_unix()) return ListenUnix(address, mode);
  Listener listener{Fd(socket(address.address.ss_family, kFlags, 0)), false, address.is_local(),
                    ""};
  const int on = 1;
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (!listener.fd ||
      setsockopt(listener.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      (address.address.ss_family == AF_INET6 &&
       setsockopt(listener.fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
      bind(listener.fd.get(), Generic(address.address), address.size) != 0 ||
      listen(listener.fd.get(), kBacklog) != 0 ||
      getsockname(listener.fd.get(), Generic(bound), &size) != 0) {
    return Fault(address, errno);
  }
  listener.name = NameOf(bound);
  return listener;
}

Result<std::vector<Listener>> TakeActivatedSockets() {
  std::vector<Listener> listeners;
  // NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs yet
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  const auto ours = pid == nullptr ? std::nullopt : ParseNumber<pid_t>(pid);
  const int many = count == nullptr ? 0 : ParseNumber<int>(count).value_or(0);
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  // NOLINTEND(concurrency-mt-unsafe)
  if (ours != getpid()) return listeners;
  for (int fd = kFirstActivated; fd < kFirstActivated + many; ++fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    int listens = 0;
    int type = 0;
    socklen_t number = sizeof(int);
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &number) != 0 || listens == 0 ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &number) != 0 || type != SOCK_STREAM ||
        getsockname(fd, Generic(address), &size) != 0) {
      return Finding{Code::kConfigInvalid,
                     fmt::format("descriptor {}: expected a listening stream socket", fd),
                     "set ListenStream= and Accept=no in the socket unit"};
    }
    Listener listener;
    listener.fd = Fd(fd);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    listener.is_unix = address.ss_family == AF_UNIX;
    listener.is_local = listener.is_unix || IsLoopback(address);
    listener.name = listener.is_unix ? "a socket of systemd's" : NameOf(address);
    listeners.push_back(std::move(listener));
  }
  return listeners;
}

std::optional<HttpClient> ClientOf(const Fd& connection) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(connection.get(), Generic(address), &size) != 0) return std::nullopt;
  if (address.ss_family == AF_UNIX) {
    ucred peer{};
    socklen_t bytes = sizeof(peer);
    if (getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) {
      return std::nullopt;
    }
    const std::string name = fmt::format("uid {}", peer.uid);
    return HttpClient{name, name, peer.uid};
  }
  std::string name = HostOf(address);
  // A socket for both families names IPv4 clients by an IPv6 address.
  if (address.ss_family != AF_INET6 || IN6_IS_ADDR_V4MAPPED(&V6(address).sin6_addr))
    return HttpClient{name, name, {}};
  return HttpClient{std::move(name),
                    std::string(V6(address).sin6_addr.s6_addr, V6(address).sin6_addr.s6_addr + 8),
                    {}};
}

}  // namespace jobwarden
