#include "executor/process/descendants.h"

#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // glibc 2.36's header does not say so itself
#include <sys/pidfd.h>
}

#include <csignal>
#include <cstddef>
#include <optional>
#include <utility>

#include "verifier/os/fd.h"
#include "verifier/os/process_stat.h"

// A number that /proc gives may be another process's by the time that it is used: a job that starts
// thousands of processes a second goes through all numbers within seconds, and whoever runs beside
// it gets one of them. Two things hold. A child keeps its number until we wait for it. And a pidfd
// stays with its process: when, after it was opened, the process still says that its parent is one
// that still lives, the descriptor is that of a descendant.

namespace jobwarden {
namespace {

// One walk meets so many, ended ones included. The next walk, after these were reaped, meets the
// others.
constexpr std::size_t kMaxMet = 512;

struct Met {
  LeftProcess process;
  Fd held;  // empty for a child
};

bool Lives(const Met& met) {
  return !met.held || pidfd_send_signal(met.held.get(), 0, nullptr, 0) == 0;
}

std::optional<Met> MeetChild(pid_t pid, int number) {
  kill(pid, number);
  const pid_t group = getpgid(pid);
  if (number == SIGKILL && group > 1 && group != getpgrp()) kill(-group, SIGKILL);
  auto stat = StatOf(pid);
  if (!stat) return std::nullopt;
  return Met{{pid, std::move(stat->name), stat->state}, {}};
}

std::optional<Met> MeetBelow(const Met& parent, pid_t pid, int number) {
  Fd held(pidfd_open(pid, 0));
  auto stat = StatOf(pid);
  if (!held || !stat || stat->parent != parent.process.pid || !Lives(parent)) return std::nullopt;
  pidfd_send_signal(held.get(), number, nullptr, 0);
  return Met{{pid, std::move(stat->name), stat->state}, std::move(held)};
}

}  // namespace

std::vector<LeftProcess> SignalDescendants(int number) {
  std::vector<Met> met;
  const auto children = ChildrenOf(getpid());
  for (std::size_t i = 0; i < children.size() && i < kMaxMet; ++i) {
    if (auto child = MeetChild(children[i], number)) met.push_back(*std::move(child));
  }
  for (std::size_t i = 0; i < met.size(); ++i) {
    for (const pid_t pid : ChildrenOf(met[i].process.pid)) {
      if (met.size() >= kMaxMet) break;
      if (auto below = MeetBelow(met[i], pid, number)) met.push_back(*std::move(below));
    }
  }
  std::vector<LeftProcess> processes;
  processes.reserve(met.size());
  for (Met& each : met) processes.push_back(std::move(each.process));
  return processes;
}

std::optional<std::vector<LeftProcess>> KillDescendants(std::chrono::milliseconds time,
                                                        const std::function<bool()>& pause) {
  for (KillPatience patience(time);;) {
    const auto left = SignalDescendants(SIGKILL);
    if (pause()) return std::nullopt;
    if (patience.IsOver(left)) return SignalDescendants(0);
  }
}

Children ReapChildren(const std::function<void(pid_t, int)>& ended) {
  constexpr int kMaxReaped = 16'384;
  for (int i = 0; i < kMaxReaped; ++i) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid < 0) return Children::kNone;
    if (pid == 0) return Children::kRun;
    ended(pid, status);
  }
  return Children::kMore;
}

}  // namespace jobwarden
