#ifndef JOBWARDEN_HOOKS_GITHUB_SHELL_WATCH_H_
#define JOBWARDEN_HOOKS_GITHUB_SHELL_WATCH_H_

#include <condition_variable>
#include <mutex>
#include <thread>

#include "hooks/github/runner_process.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// Watches the shells between worker and hook while the hook decides. The runner takes the end of
/// its hook's shell for the end of the hook, whatever the hook still does, and goes on with steps
/// under `if: always()`. So if one of the shells ends first, the worker is asked to end, killed if
/// it does not, and this process ends with it. There is time for that, because the runner waits 5 s
/// for whoever still holds the step's output, which this process does.
class ShellWatch {
 public:
  /// Watches nothing if the processes were not found.
  explicit ShellWatch(Result<RunnerProcesses> processes);
  ~ShellWatch() { Stop(); }
  ShellWatch(const ShellWatch&) = delete;
  ShellWatch& operator=(const ShellWatch&) = delete;

  void Stop();
  const Result<RunnerProcesses>& processes() const { return processes_; }

 private:
  void Run();

  Result<RunnerProcesses> processes_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_SHELL_WATCH_H_
