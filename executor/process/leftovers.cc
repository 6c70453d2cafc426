#include "executor/process/leftovers.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // glibc 2.36's header does not say so itself
#include <sys/pidfd.h>
}

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "verifier/os/fd.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace{200};
constexpr milliseconds kStep{10};
constexpr milliseconds kPatience{10'000};
constexpr milliseconds kKillerPatience{1'000};

bool StartedWith(pid_t pid, std::string_view entry) {
  const std::string block = '\0' + ReadOfProcess(pid, "environ");
  return block.find('\0' + std::string(entry) + '\0') != std::string::npos;
}

// Another process may get the number of one that ends meanwhile, but not its pidfd.
void Signal(pid_t pid, std::string_view entry, int number) {
  const Fd held(pidfd_open(pid, 0));
  if (!held) {
    // A kernel before 5.3, or seccomp rules of an old container service.
    if (errno == ENOSYS || errno == EPERM) kill(pid, number);
    return;
  }
  if (StartedWith(pid, entry)) pidfd_send_signal(held.get(), number, nullptr, 0);
}

std::vector<LeftProcess> Find(std::string_view entry) {
  std::vector<LeftProcess> found;
  for (const pid_t pid : AllProcesses()) {
    if (!StartedWith(pid, entry)) continue;
    if (auto stat = StatOf(pid)) found.push_back({pid, std::move(stat->name), stat->state});
  }
  return found;
}

bool BelongsTo(pid_t pid, uid_t user) {
  const std::string status = ReadOfProcess(pid, "status");
  const auto from = status.find("\nUid:");
  if (from == std::string::npos) return false;
  const std::string ids = status.substr(from + 1, status.find('\n', from + 1) - from - 1) + '\t';
  return ids.find(fmt::format("\t{}\t", user)) != std::string::npos;
}

// Waits for a child that a stranger may have stopped; nothing when it cannot be known how it ended.
std::optional<int> WaitFor(pid_t child) {
  const auto deadline = steady_clock::now() + kKillerPatience;
  int status = 0;
  for (bool killed = false;; std::this_thread::sleep_for(std::chrono::microseconds(100))) {
    const pid_t ended = waitpid(child, &status, killed ? 0 : WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) return std::nullopt;
    if (killed || steady_clock::now() < deadline) continue;
    kill(child, SIGKILL);
    killed = true;
  }
}

}  // namespace

std::vector<LeftProcess> EndLeftovers(std::string_view entry) {
  for (const int number : {SIGTERM, SIGKILL}) {
    for (milliseconds waited{0}; waited < kGrace; waited += kStep) {
      const auto found = Find(entry);
      if (found.empty()) return {};
      // Those that were born meanwhile get it too.
      for (const LeftProcess& process : found) Signal(process.pid, entry, number);
      std::this_thread::sleep_for(kStep);
    }
  }
  return Find(entry);
}

std::vector<LeftProcess> ProcessesOf(uid_t user) {
  std::vector<LeftProcess> found;
  for (const pid_t pid : AllProcesses()) {
    if (!BelongsTo(pid, user)) continue;
    if (auto stat = StatOf(pid)) found.push_back({pid, std::move(stat->name), stat->state});
  }
  return found;
}

// One process of the user's own kills all others in one call of the system, which no fork escapes.
// They may stop or kill that process first: then the next try comes after it. Whether there were
// any, the call does not say.
bool KillProcessesOf(const Identity& user) {
  const Identity bare{user.uid, user.gid, {}};  // a killer needs no group and sees no mount
  const pid_t killer = fork();
  if (killer < 0) return true;  // the next try may find room
  if (killer == 0) {
    if (AssumeIdentity(bare) != 0) _exit(1);
    kill(-1, SIGKILL);
    _exit(0);
  }
  const auto status = WaitFor(killer);
  return !status || !WIFEXITED(*status) || WEXITSTATUS(*status) == 0;
}

Status EndProcessesOf(const Identity& user) {
  KillPatience patience(kPatience);
  for (;; std::this_thread::sleep_for(milliseconds(1))) {
    if (!KillProcessesOf(user)) {
      return Finding{Code::kDriverFailed,
                     fmt::format("user {}: this process cannot become the user", user.uid)};
    }
    // A process that nobody reaped yet is killed again and again, and has ended all the same.
    const auto left = ProcessesOf(user.uid);
    if (left.empty()) return Ok();
    if (!patience.IsOver(left)) continue;
    return Finding{
        Code::kDriverFailed,
        fmt::format("user {}: processes do not end: {}", user.uid, ProcessText(left)),
        "state D means that a disk or a server does not answer: see what is mounted here, or "
        "restart the machine"};
  }
}

}  // namespace jobwarden
