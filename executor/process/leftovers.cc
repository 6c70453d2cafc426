#include "executor/process/leftovers.h"

#include <fmt/format.h>
#include <grp.h>
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

// The effective id of the user lets a process signal the user's; real and saved id say who may
// signal it. With an id that nobody has there, the user can neither stop nor kill it.
bool BecomeKiller(const Identity& user) {
  constexpr uid_t kNobodys = 4'294'967'290;
  const uid_t uid = user.uid;
  const gid_t gid = user.gid;
  if (uid == 0 || setgroups(0, nullptr) != 0 || setresgid(gid, gid, gid) != 0) return false;
  if (setresuid(kNobodys, uid, kNobodys) != 0) return false;
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (getresuid(&real, &effective, &saved) != 0) return false;
  return real == kNobodys && effective == uid && saved == kNobodys && seteuid(0) != 0;
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

// One process with the user's id kills all others in one call of the system, which no fork escapes.
// A user namespace may lack the id that nobody has. There the killer is the user, who may stop it
// first: then the next try comes after it. Whether there were any, the call does not say.
bool KillProcessesOf(const Identity& user) {
  const Identity bare{user.uid, user.gid, {}};  // a killer needs no group and sees no mount
  const pid_t killer = fork();
  if (killer < 0) return true;  // the next try may find room
  if (killer == 0) {
    if (!BecomeKiller(bare) && AssumeIdentity(bare) != 0) _exit(1);
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
