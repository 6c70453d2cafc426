#include "verifier/broker/asker.h"

#include <fmt/format.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "verifier/base/text.h"
#include "verifier/os/process_stat.h"
#include "verifier/os/tcp_table.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxProcesses = 8'192;
constexpr int kMaxAncestors = 64;
constexpr std::size_t kMaxPrograms = 8;

enum class Holds { kYes, kNo, kUnreadable };

// Whether the process has this socket open.
Holds HoldsSocket(pid_t pid, std::uint64_t socket) {
  const auto sockets = SocketsOf(pid);
  if (!sockets) return errno == EACCES || errno == EPERM ? Holds::kUnreadable : Holds::kNo;
  return sockets->contains(socket) ? Holds::kYes : Holds::kNo;
}

std::string ProgramOf(pid_t pid) {
  std::array<char, PATH_MAX> target{};
  const std::string link = fmt::format("/proc/{}/exe", pid);
  const ssize_t size = readlink(link.c_str(), target.data(), target.size());
  if (size > 0) return {target.data(), static_cast<std::size_t>(size)};
  const auto stat = StatOf(pid);
  return stat ? stat->name : "";
}

// The process and its ancestors, until one is `last`, or there are no more.
std::vector<pid_t> LineOf(pid_t pid, pid_t last) {
  std::vector<pid_t> line;
  for (int i = 0; i < kMaxAncestors && pid > 1; ++i) {
    line.push_back(pid);
    if (pid == last) break;
    const auto stat = StatOf(pid);
    pid = stat ? stat->parent : 0;
  }
  return line;
}

std::vector<std::string> ProgramsOf(const std::vector<pid_t>& line) {
  std::vector<std::string> programs;
  for (const pid_t pid : line) {
    if (programs.size() == kMaxPrograms) break;
    programs.push_back(ProgramOf(pid));
  }
  return programs;
}

struct Below {
  pid_t holder = 0;
  pid_t hidden = 0;  // one that cannot be read: `jobwarden`, ssh-agent, a program of root
};

// Looks at the step's process and all below it.
Below FindBelow(pid_t step, std::uint64_t socket) {
  Below below;
  std::vector<pid_t> tree{step};
  for (std::size_t at = 0; at < tree.size(); ++at) {
    const pid_t pid = tree[at];
    const Holds holds = HoldsSocket(pid, socket);
    if (holds == Holds::kUnreadable) below.hidden = pid;
    if (holds == Holds::kYes) {
      below.holder = pid;
      return below;
    }
    for (const pid_t child : ChildrenOf(pid)) {
      if (tree.size() < kMaxProcesses) tree.push_back(child);
    }
  }
  return below;
}

// Whether this process takes care of those whose parents have ended, or of containers.
bool IsReaper(pid_t pid) {
  if (pid <= 1) return true;
  const auto stat = StatOf(pid);
  if (!stat) return true;
  constexpr std::string_view kNames[] = {"systemd", "containerd-shim", "conmon"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view name) { return stat->name.starts_with(name); });
}

// Whether the process was started in the step, and its parents have ended since: a daemon. All of
// its line that is left has the ticket in its environment, and none of it is older than the step. A
// daemon of an earlier step that reads the ticket somewhere and starts a program with it is none.
bool IsOrphanOf(const StepProcess& step, const std::vector<pid_t>& line, std::string_view ticket) {
  for (const pid_t pid : line) {
    const auto stat = StatOf(pid);
    if (!stat || stat->started < step.started) return false;
    if (!Contains(ReadOfProcess(pid, "environ"), ticket)) return false;
    if (IsReaper(stat->parent)) return true;
  }
  return false;
}

pid_t FindAnywhere(std::uint64_t socket) {
  for (const pid_t pid : AllProcesses()) {
    if (HoldsSocket(pid, socket) == Holds::kYes) return pid;
  }
  return 0;
}

}  // namespace

Asker FindAsker(const LoopbackClient& client, const StepProcess& step,
                const std::vector<StepProcess>& others, std::string_view ticket) {
  using Place = Asker::Place;
  Asker asker;
  const auto take = [&](Place place, pid_t pid) {
    asker.place = place;
    asker.pid = pid;
    asker.programs = ProgramsOf(LineOf(pid, step.pid));
    return asker;
  };
  const auto owner = OwnerOf(client);
  if (!owner) return asker;
  asker.user = owner->user;
  const Below below = FindBelow(step.pid, owner->inode);
  if (below.holder != 0) return take(Place::kInStep, below.holder);
  if (owner->user != geteuid()) {
    return take(owner->user == 0 ? Place::kInStep : Place::kOtherUser, below.hidden);
  }
  const pid_t pid = FindAnywhere(owner->inode);
  if (pid == 0) return take(below.hidden != 0 ? Place::kInStep : Place::kElsewhere, below.hidden);
  const std::vector<pid_t> line = LineOf(pid, step.pid);
  const bool of_other = std::any_of(others.begin(), others.end(), [&](const StepProcess& other) {
    return std::find(line.begin(), line.end(), other.pid) != line.end();
  });
  if (of_other) return take(Place::kOtherStep, pid);
  return take(IsOrphanOf(step, line, ticket) ? Place::kLeftStep : Place::kElsewhere, pid);
}

}  // namespace jobwarden
