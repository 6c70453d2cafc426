#include "executor/process/left_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "verifier/base/text.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string ProcessText(const std::vector<LeftProcess>& processes) {
  constexpr std::size_t kNamed = 8;
  if (processes.empty()) return "some that start others faster than they are found";
  std::string text;
  for (std::size_t i = 0; i < std::min(processes.size(), kNamed); ++i) {
    const auto& [pid, name, state] = processes[i];
    text += fmt::format("{}{} ({}, state {})", i == 0 ? "" : ", ", pid, Quote(name), state);
  }
  if (processes.size() > kNamed) text += fmt::format(" and {} more", processes.size() - kNamed);
  return text;
}

bool AllBlocked(const std::vector<LeftProcess>& processes) {
  return !processes.empty() &&
         std::all_of(processes.begin(), processes.end(),
                     [](const LeftProcess& process) { return process.state == kBlocked; });
}

KillPatience::KillPatience(milliseconds time) : deadline_(steady_clock::now() + time) {}

bool KillPatience::IsOver(const std::vector<LeftProcess>& left) {
  constexpr int kMaxRounds = 10'000;
  constexpr milliseconds kBlockedTime{1'000};
  const auto now = steady_clock::now();
  if (!AllBlocked(left)) {
    blocked_since_.reset();
  } else if (!blocked_since_) {
    blocked_since_ = now;
  }
  return now >= deadline_ || ++rounds_ >= kMaxRounds ||
         (blocked_since_ && now - *blocked_since_ >= kBlockedTime);
}

}  // namespace jobwarden
