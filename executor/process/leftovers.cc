#include "executor/process/leftovers.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace{200};
constexpr milliseconds kStep{10};
constexpr milliseconds kPatience{10'000};

bool StartedWith(pid_t pid, std::string_view entry) {
  const std::string block = '\0' + ReadOfProcess(pid, "environ");
  return block.find('\0' + std::string(entry) + '\0') != std::string::npos;
}

std::vector<pid_t> Find(std::string_view entry) {
  std::vector<pid_t> found = AllProcesses();
  std::erase_if(found, [&](pid_t pid) { return !StartedWith(pid, entry); });
  return found;
}

// A process that has the user's real, effective, saved or file system id.
std::optional<pid_t> AnyOf(uid_t user) {
  for (const pid_t pid : AllProcesses()) {
    const std::string status = ReadOfProcess(pid, "status");
    const auto from = status.find("\nUid:");
    if (from == std::string::npos) continue;
    const std::string ids = status.substr(from + 1, status.find('\n', from + 1) - from - 1) + '\t';
    if (ids.find(fmt::format("\t{}\t", user)) != std::string::npos && StatOf(pid)) return pid;
  }
  return std::nullopt;
}

enum KillerSays : int { kNobodyThere = 0, kKilledSome = 1, kFailed = 2 };

// One process of the user's own kills all others in one call of the system, which no fork escapes.
KillerSays KillAll(const Identity& user) {
  const pid_t killer = fork();
  if (killer == 0) {
    if (AssumeIdentity(user) != 0) _exit(kFailed);
    if (kill(-1, SIGKILL) == 0) _exit(kKilledSome);
    _exit(errno == ESRCH ? kNobodyThere : kFailed);
  }
  int status = 0;
  while (killer > 0 && waitpid(killer, &status, 0) < 0 && errno == EINTR) continue;
  if (killer < 0) return kFailed;
  // They may kill as well.
  return WIFEXITED(status) ? static_cast<KillerSays>(WEXITSTATUS(status)) : kKilledSome;
}

}  // namespace

void EndLeftovers(std::string_view entry) {
  for (const int number : {SIGTERM, SIGKILL}) {
    for (milliseconds waited{0}; waited < kGrace; waited += kStep) {
      const auto found = Find(entry);
      if (found.empty()) return;
      // Those that were born meanwhile get it too.
      for (const pid_t pid : found) kill(pid, number);
      std::this_thread::sleep_for(kStep);
    }
  }
}

std::vector<pid_t> Descendants() {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t pid : AllProcesses()) {
    if (const auto stat = StatOf(pid)) children.emplace(stat->parent, pid);
  }
  std::vector<pid_t> found;
  const auto add = [&](pid_t parent) {
    const auto [from, to] = children.equal_range(parent);
    for (auto each = from; each != to; ++each) found.push_back(each->second);
  };
  add(getpid());
  for (std::size_t i = 0; i < found.size(); ++i) add(found[i]);
  return found;
}

Status EndProcessesOf(const Identity& user) {
  const auto deadline = steady_clock::now() + kPatience;
  for (KillerSays says = KillAll(user); says != kNobodyThere; says = KillAll(user)) {
    // What nobody reaps is found for ever.
    const auto left = AnyOf(user.uid);
    if (says == kKilledSome && !left) return Ok();
    if (says == kFailed || steady_clock::now() > deadline) {
      const std::string which = left ? fmt::format(" (process {})", *left) : "";
      return Finding{Code::kDriverFailed,
                     fmt::format("user {}: its processes do not end{}", user.uid, which)};
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
  return Ok();
}

}  // namespace jobwarden
