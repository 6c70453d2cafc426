#ifndef JOBWARDEN_VERIFIER_OS_TCP_TABLE_H_
#define JOBWARDEN_VERIFIER_OS_TCP_TABLE_H_

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

namespace jobwarden {

/// The tables of TCP's sockets of a process's network: files for ReadOfProcess (proc(5)).
inline constexpr std::array<std::string_view, 2> kTcpTables{"net/tcp", "net/tcp6"};

/// A line of such a table.
struct TcpSocket {
  std::string_view local;   ///< `0100007F:1F90`: address and port in hexadecimal digits
  std::string_view remote;  ///< the same
  bool listens = false;
  uid_t user = 0;
  std::uint64_t inode = 0;  ///< 0: of no process any more

  std::optional<std::uint16_t> LocalPort() const;
};

/// Takes the next line of the table. Nothing if it is not one of a socket, as the first is not.
std::optional<TcpSocket> TakeTcpSocket(std::string_view& table);

/// The inodes of the sockets that a process has open. Nothing, and errno, if this process may not
/// see them, or the other one is gone.
std::optional<std::set<std::uint64_t>> SocketsOf(pid_t pid);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_TCP_TABLE_H_
