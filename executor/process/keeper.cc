#include "executor/process/keeper.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>

#include "executor/process/descendants.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::chrono::milliseconds kKillTime{5'000};

Finding Failed(std::string_view what, int error) {
  return {Code::kDriverFailed, fmt::format("{}: {}", what, ErrorText(error))};
}

Result<pid_t> BeginKeeping(pid_t parent) {
  if (setsid() < 0) return Failed("session", errno);
  if (prctl(PR_SET_PDEATHSIG, SIGHUP) != 0) return Failed("parent", errno);
  if (getppid() != parent) return Failed("parent", ESRCH);
  return parent;
}

// In the process that GitLab Runner knows: the wait status of the keeper.
int WaitFor(pid_t keeper, const sigset_t& signals) {
  for (;;) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    int status = 0;
    const pid_t ended = waitpid(keeper, &status, WNOHANG);
    if (ended == keeper) return status;
    if (number != SIGCHLD) kill(keeper, number);
  }
}

bool HasNoChild() {
  usleep(1'000);
  return ReapChildren([](pid_t, int) {}) == Children::kNone;
}

}  // namespace

Result<sigset_t> BlockStageSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  constexpr int kNumbers[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD};
  for (const int number : kNumbers) sigaddset(&signals, number);
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return Failed("signals", errno);
  for (const int number : kNumbers) (void)signal(number, SIG_DFL);
  return signals;
}

Result<pid_t> BecomeKeeper() {
  const auto signals = BlockStageSignals();
  if (!signals) return signals.findings();
  // What stands below a keeper that somebody kills comes to this process.
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return Failed("orphans", errno);
  const pid_t parent = getpid();
  const pid_t keeper = fork();
  if (keeper < 0) return Failed("fork", errno);
  if (keeper == 0) return BeginKeeping(parent);
  const int status = WaitFor(keeper, *signals);
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  std::string message = fmt::format(
      "the process of the driver that keeps the stage was killed (signal {})", WTERMSIG(status));
  if (const auto left = KillDescendants(kKillTime, HasNoChild)) {
    message += "; processes of the stage go on: " + ProcessText(*left);
  }
  return Finding{Code::kDriverFailed, message,
                 "see whether this machine has memory left; the job itself may have killed it"};
}

}  // namespace jobwarden
