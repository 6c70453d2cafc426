#ifndef JOBWARDEN_VERIFIER_HTTP_LISTENER_H_
#define JOBWARDEN_VERIFIER_HTTP_LISTENER_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// A place to listen at: `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/jobwarden/api.sock`. Addresses
/// are numbers, because a name would need somebody to ask.
struct ListenAddress {
  std::string text;
  std::string unix_path;  ///< empty: TCP
  sockaddr_storage address{};
  socklen_t size = 0;

  bool is_unix() const { return !unix_path.empty(); }
  /// Whether only this machine reaches it.
  bool is_local() const;
};

/// Nothing if the text is not an address.
std::optional<ListenAddress> ParseListenAddress(std::string_view text);
/// What is said of a text that is none.
Findings NotAnAddress(std::string_view text);
/// What is said of a place that other machines reach and that has no TLS.
Findings WithoutTls(std::string_view place);

/// A socket that accepts connections, and how it was reached.
struct Listener {
  Fd fd;
  bool is_unix = false;
  bool is_local = true;
  std::string name;  ///< with the port that the kernel chose
};

/// Opens the socket. A Unix socket that nobody serves is replaced, whatever else is there is not;
/// `mode` are its permissions. STATE_UNWRITABLE.
Result<Listener> Listen(const ListenAddress& address, mode_t mode);

/// The sockets that systemd opened for this process (sd_listen_fds(3)); none without them. The
/// variables that name them are removed. CONFIG_INVALID for one that is not a listening stream
/// socket.
Result<std::vector<Listener>> TakeActivatedSockets();

/// Who is at the other end of a connection.
struct HttpClient {
  std::string name;          ///< for the log: `203.0.113.7`, `uid 1000`
  std::string key;           ///< whom limits count together: an IPv6 network of 64 bits is one
  std::optional<uid_t> uid;  ///< always over a Unix socket
};
/// Nothing if nobody is there any more, or if the kernel does not say who it is.
std::optional<HttpClient> ClientOf(const Fd& connection);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_LISTENER_H_
