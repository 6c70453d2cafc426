#ifndef JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_
#define JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_

#include <sys/types.h>

#include <string_view>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// The runner's processes that this hook runs under, each held by a descriptor (pidfd_open(2)), so
/// that a signal cannot reach another process that has got its number.
struct RunnerProcesses {
  pid_t worker_pid;
  Fd worker;    ///< `Runner.Worker`: our parent, or that of the shell of job-started.sh
  Fd listener;  ///< `Runner.Listener`: its parent
};

/// Finds them by /proc: our parent's name and program are `Runner.Worker`, or it is a bash and they
/// are those of its parent; the next one up is `Runner.Listener`, both programs lie in one folder,
/// and both processes are this user's.
/// DRIVER_FAILED, with what was found instead, for anything else.
Result<RunnerProcesses> FindRunnerProcesses();

/// Writes to the worker's own standard error, which the listener collects: it shows that as the
/// job's error when the worker ends without a known code, while logs and annotations that the
/// worker keeps until a step, or the job, is over are lost. Whole lines, PIPE_BUF bytes at the
/// most; nothing where that is no pipe, or one that is full.
void WriteToWorkerErrors(const RunnerProcesses& processes, std::string_view text);

/// Ends the worker (SIGKILL), or has the listener shut the runner down (SIGINT). DRIVER_FAILED.
Status EndWorker(const RunnerProcesses& processes);
Status ShutDownRunner(const RunnerProcesses& processes);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_RUNNER_PROCESS_H_
