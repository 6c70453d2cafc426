#ifndef JOBWARDEN_VERIFIER_BROKER_SOCKET_OWNER_H_
#define JOBWARDEN_VERIFIER_BROKER_SOCKET_OWNER_H_

#include <netinet/in.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace jobwarden {

/// A connection over loopback: the client's address and port, and the port of the broker.
struct LoopbackClient {
  in_addr address{};
  std::uint16_t port = 0;
  std::uint16_t broker_port = 0;
};

/// The client's end of a connection, as the kernel knows it.
struct SocketOwner {
  uid_t user = 0;
  std::uint64_t inode = 0;
};

/// Asks the kernel for this one connection (sock_diag(7)). Nothing where that is not to be had.
std::optional<SocketOwner> AskForSocketOwner(const LoopbackClient& client);

/// Finds the client's end of the connection in the text of /proc/net/tcp or /proc/net/tcp6, where a
/// client that uses one kind of socket for both versions of IP appears.
std::optional<SocketOwner> FindSocketOwner(std::string_view table, const LoopbackClient& client);

/// By either way. The first takes microseconds; the second, milliseconds on a machine with many
/// connections.
std::optional<SocketOwner> OwnerOf(const LoopbackClient& client);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_SOCKET_OWNER_H_
