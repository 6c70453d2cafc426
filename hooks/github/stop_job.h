#ifndef JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_
#define JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_

#include <string_view>

#include "hooks/github/runner_process.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// The exit status of a job-started hook whose job goes on although it should not. The hook's
/// shell, which sees it, tries too.
inline constexpr int kGoesOn = 3;

/// Ends a job that may not run. The failure of its first step is not enough, because steps under
/// `if: always()` still run. The caller has printed the reasons before.
///
/// stop-job: asks the worker to end (SIGTERM). The worker then evaluates no further condition, ends
/// the step that this hook is, uploads log, annotations and summary, and fails the job. This
/// function waits for that, and usually this process is ended while it waits. If worker and step
/// both go on for 15 s, which they do in a job that its user cancelled, the worker is killed: it
/// keeps nothing of this step then, and `why`, lines for the workflow's author, becomes the job's
/// error.
/// stop-runner: tells the listener to shut down first, and then does the same with listener and
/// worker. fail-step: does nothing, because the step guard refuses; without a guard (`guarded`), it
/// does the same as stop-job.
///
/// `processes` are those that were found when the hook began. False, after a warning, if the job
/// goes on although it should not.
[[nodiscard]] bool StopJob(OnDeny on_deny, bool guarded, std::string_view why,
                           const Result<RunnerProcesses>& processes);

/// Asks the worker to end, waits until it has, and kills it after 15 s. DRIVER_FAILED.
Status EndWorker(const RunnerProcesses& processes);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_
