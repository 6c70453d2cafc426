#ifndef JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_
#define JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "hooks/github/held_process.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// The runner's processes above this hook.
struct RunnerProcesses {
  HeldProcess worker;                   ///< `Runner.Worker`
  std::vector<HeldProcess> shells;      ///< what stands between worker and this process
  std::optional<HeldProcess> listener;  ///< the worker's parent, if it is `Runner.Listener`
};

/// Finds the processes by /proc: the worker is the first ancestor, of the next 16, whose program is
/// a Runner.Worker, also one that was wrapped (`.Runner.Worker-wrapped`, `dotnet
/// Runner.Worker.dll`). Shells may stand between, because an administrator's own hook may call
/// ours. Worker and listener must be this user's. DRIVER_FAILED otherwise, with what was found.
Result<RunnerProcesses> FindRunnerProcesses();

/// Writes to the worker's standard error. If the worker ends without a known code, the listener
/// shows these lines as the job's error. Writes whole lines, PIPE_BUF bytes at most, and nothing if
/// standard error is not a pipe, or is full.
void WriteToWorkerErrors(const RunnerProcesses& processes, std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_
