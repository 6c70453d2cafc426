#ifndef JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_
#define JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_

#include <sys/types.h>

#include <string_view>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// The runner's processes above this hook. Each is held by a descriptor (pidfd_open(2)), so that a
/// signal cannot reach another process that got the same number.
struct RunnerProcesses {
  pid_t worker_pid;
  Fd worker;    ///< `Runner.Worker`: our parent, or the parent of the shell of job-started.sh
  Fd listener;  ///< `Runner.Listener`: the worker's parent
};

/// Finds the processes by /proc. Our parent, or its parent if our parent is a bash, must have the
/// name and the program `Runner.Worker`; the next parent must be `Runner.Listener`. Both programs
/// must lie in one folder, and both processes must be this user's. DRIVER_FAILED otherwise, with
/// what was found instead.
Result<RunnerProcesses> FindRunnerProcesses();

/// Writes to the worker's standard error. If the worker ends without a known code, the listener
/// shows these lines as the job's error; logs and annotations that the worker has not sent yet are
/// lost then. Writes whole lines, PIPE_BUF bytes at most, and nothing if standard error is not a
/// pipe, or is full.
void WriteToWorkerErrors(const RunnerProcesses& processes, std::string_view text);

/// Ends the worker (SIGKILL), or tells the listener to shut the runner down (SIGINT).
/// DRIVER_FAILED.
Status EndWorker(const RunnerProcesses& processes);
Status ShutDownRunner(const RunnerProcesses& processes);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_
