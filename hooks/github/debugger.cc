#include "hooks/github/debugger.h"

#include <fmt/format.h>

#include <cerrno>
#include <set>
#include <string>
#include <string_view>

#include "verifier/os/file.h"
#include "verifier/os/process_stat.h"
#include "verifier/os/tcp_table.h"

namespace jobwarden {
Result<std::vector<std::uint16_t>> ListeningPorts(pid_t pid) {
  const auto sockets = SocketsOf(pid);
  if (!sockets) {
    return Finding{
        Code::kDriverFailed,
        fmt::format(
            "folder \"/proc/{}/fd\": {}: so nobody can tell whether the runner's worker has "
            "a debugger",
            pid, ErrorText(errno)),
        "does /proc show the runner's own processes to its user?"};
  }
  const auto stat = StatOf(pid);
  const auto of_parent = stat ? SocketsOf(stat->parent) : std::nullopt;
  std::set<std::uint16_t> ports;
  for (const std::string_view file : kTcpTables) {
    const std::string text = ReadOfProcess(pid, file);
    for (std::string_view table = text; !table.empty();) {
      const auto each = TakeTcpSocket(table);
      if (!each || !each->listens || !sockets->contains(each->inode)) continue;
      if (of_parent && of_parent->contains(each->inode)) continue;
      if (const auto port = each->LocalPort()) ports.insert(*port);
    }
  }
  return std::vector<std::uint16_t>(ports.begin(), ports.end());
}

Findings FindDebugger(pid_t worker) {
  const auto ports = ListeningPorts(worker);
  if (!ports) return ports.findings();
  if (ports->empty()) return {};
  const std::string got = fmt::format("{}", fmt::join(*ports, ", "));
  return {{Code::kDebuggerListens,
           fmt::format("the runner's worker listens on {} {}: a debugger may run commands on this "
                       "machine, past every gate",
                       ports->size() == 1 ? "port" : "ports", got),
           "run the job again without debugging; SECURITY.md says how an administrator keeps "
           "debuggers from this runner",
           {{"worker's ports", "[]", '[' + got + ']'}}}};
}

}  // namespace jobwarden
