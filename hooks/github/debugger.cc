#include "hooks/github/debugger.h"

#include <dirent.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

using Inodes = std::set<std::string, std::less<>>;

// The inodes of the sockets that a process has open, as /proc/PID/fd writes them: `socket:[4711]`.
Result<Inodes> SocketsOf(pid_t pid) {
  const std::string folder = fmt::format("/proc/{}/fd", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), closedir);
  if (!entries) {
    return Finding{
        Code::kDriverFailed,
        fmt::format("folder {}: {}: so nobody can tell whether the runner's worker has a debugger",
                    Quote(folder), ErrorText(errno)),
        "does /proc show the runner's own processes to its user?"};
  }
  constexpr std::string_view kBegin = "socket:[";
  Inodes inodes;
  while (const dirent* each = readdir(entries.get())) {  // NOLINT(concurrency-mt-unsafe)
    std::error_code error;
    const std::string link =
        std::filesystem::read_symlink(folder + "/" + each->d_name, error).string();
    if (!link.starts_with(kBegin)) continue;
    inodes.insert(link.substr(kBegin.size(), link.size() - kBegin.size() - 1));
  }
  return inodes;
}

// The fields of a line of /proc/net/tcp that matter here.
constexpr std::size_t kLocal = 1;  // `0100007F:1F90`
constexpr std::size_t kState = 3;
constexpr std::size_t kInode = 9;
constexpr std::string_view kListens = "0A";

std::array<std::string_view, kInode + 1> FieldsOf(std::string_view line) {
  std::array<std::string_view, kInode + 1> fields;
  for (std::string_view& field : fields) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    field = line.substr(0, line.find(' '));
    line.remove_prefix(field.size());
  }
  return fields;
}

}  // namespace

Result<std::vector<std::uint16_t>> ListeningPorts(pid_t pid) {
  const auto sockets = SocketsOf(pid);
  if (!sockets) return sockets.findings();
  const auto stat = StatOf(pid);
  const auto of_parent = stat ? SocketsOf(stat->parent) : Result<Inodes>(Inodes());
  const auto is_own = [&](std::string_view inode) {
    return sockets->contains(inode) && !(of_parent && of_parent->contains(inode));
  };
  std::set<std::uint16_t> ports;
  for (const std::string_view table : {"net/tcp", "net/tcp6"}) {
    const std::string text = ReadOfProcess(pid, table);
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const auto fields = FieldsOf(line);
      if (fields[kState] != kListens || !is_own(fields[kInode])) continue;
      const std::string_view port = fields[kLocal].substr(fields[kLocal].find(':') + 1);
      std::uint16_t number = 0;
      std::from_chars(port.data(), port.data() + port.size(), number, 16);
      ports.insert(number);
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
