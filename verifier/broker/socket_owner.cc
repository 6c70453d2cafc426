#include "verifier/broker/socket_owner.h"

#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>

#include "verifier/os/fd.h"
#include "verifier/os/process_stat.h"
#include "verifier/os/tcp_table.h"

namespace jobwarden {
std::optional<SocketOwner> AskForSocketOwner(const LoopbackClient& client) {
  const Fd fd(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  const timeval patience{1, 0};
  if (!fd) return std::nullopt;
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  struct {
    nlmsghdr header;
    inet_diag_req_v2 query;
  } request{};
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  // It finds a socket of IPv6 with addresses of IPv4 too.
  request.query.sdiag_family = AF_INET;
  request.query.sdiag_protocol = IPPROTO_TCP;
  request.query.idiag_states = ~0U;
  request.query.id.idiag_sport = htons(client.port);
  request.query.id.idiag_dport = htons(client.broker_port);
  request.query.id.idiag_src[0] = client.address.s_addr;
  request.query.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
  request.query.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  request.query.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (send(fd.get(), &request, sizeof(request), 0) != sizeof(request)) return std::nullopt;

  std::array<char, 4096> buffer{};
  const ssize_t got = recv(fd.get(), buffer.data(), buffer.size(), 0);
  nlmsghdr header{};
  inet_diag_msg answer{};
  if (got < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(answer)))) return std::nullopt;
  std::memcpy(&header, buffer.data(), sizeof(header));
  std::memcpy(&answer, buffer.data() + NLMSG_HDRLEN, sizeof(answer));
  // A listener on the client's port would be another socket.
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || answer.idiag_inode == 0 ||
      answer.id.idiag_sport != request.query.id.idiag_sport ||
      answer.id.idiag_dport != request.query.id.idiag_dport) {
    return std::nullopt;
  }
  return SocketOwner{answer.idiag_uid, answer.idiag_inode};
}

std::optional<SocketOwner> FindSocketOwner(std::string_view table, const LoopbackClient& client) {
  const auto ends = [](in_addr_t from, std::uint16_t from_port, in_addr_t to, std::uint16_t to_port,
                       std::string_view prefix) {
    return std::array<std::string, 2>{fmt::format("{}{:08X}:{:04X}", prefix, from, from_port),
                                      fmt::format("{}{:08X}:{:04X}", prefix, to, to_port)};
  };
  const in_addr_t broker = htonl(INADDR_LOOPBACK);
  // An address of IPv4 in a socket of IPv6 (RFC 4291 §2.5.5.2), in the kernel's order of bytes.
  constexpr std::string_view kMapped = "0000000000000000FFFF0000";
  const auto plain = ends(client.address.s_addr, client.port, broker, client.broker_port, "");
  const auto mapped = ends(client.address.s_addr, client.port, broker, client.broker_port, kMapped);

  while (!table.empty()) {
    const auto each = TakeTcpSocket(table);
    if (!each || each->inode == 0) continue;
    if ((each->local == plain[0] && each->remote == plain[1]) ||
        (each->local == mapped[0] && each->remote == mapped[1])) {
      return SocketOwner{each->user, each->inode};
    }
  }
  return std::nullopt;
}

std::optional<SocketOwner> OwnerOf(const LoopbackClient& client) {
  if (auto owner = AskForSocketOwner(client)) return owner;
  for (const std::string_view file : kTcpTables) {
    if (auto owner = FindSocketOwner(ReadOfProcess(getpid(), file), client)) return owner;
  }
  return std::nullopt;
}

}  // namespace jobwarden
