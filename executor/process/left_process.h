#ifndef JOBWARDEN_EXECUTOR_PROCESS_LEFT_PROCESS_H_
#define JOBWARDEN_EXECUTOR_PROCESS_LEFT_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace jobwarden {

/// A process that a job started, and that has not ended.
struct LeftProcess {
  pid_t pid;
  std::string name;  ///< which the process may have chosen itself
  char state;        ///< see ProcessStat; kBlocked: it cannot be killed, and runs no code
};

/// For a message: `12 ("cat", state D), 13 ("sleep", state S)`. Eight are named, the others
/// counted. For none: that they were not found.
std::string ProcessText(const std::vector<LeftProcess>& processes);

/// Whether there are some, and each of them is blocked.
bool AllBlocked(const std::vector<LeftProcess>& processes);

/// How long to wait for processes that were killed. A blocked process is not waited for: a short
/// while makes sure that it does not just read from a disk.
class KillPatience {
 public:
  explicit KillPatience(std::chrono::milliseconds time);

  /// Whether the time is over, too many rounds were made, or all processes that are left have been
  /// blocked for 1 s. To be asked once a round, each time with those that are left then.
  bool IsOver(const std::vector<LeftProcess>& left);

 private:
  std::chrono::steady_clock::time_point deadline_;
  std::optional<std::chrono::steady_clock::time_point> blocked_since_;
  int rounds_ = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_LEFT_PROCESS_H_
