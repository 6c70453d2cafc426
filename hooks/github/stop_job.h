#ifndef JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_
#define JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_

#include <string_view>

#include "verifier/config/config.h"

namespace jobwarden {

/// Ends a job that may not run. The failure of its first step is not enough, because steps under
/// `if: always()` still run. The caller has printed the reasons before; this function waits until
/// they are sent. If it ends the worker, `why`, lines for the workflow's author, becomes the job's
/// error.
///
/// stop-job: it ends the worker. stop-runner: it tells the listener to shut down, and ends the
/// worker if this process is not ended soon. fail-step: it does nothing, because the step guard
/// refuses; without a guard (`guarded`), it does the same as stop-job. It returns if the job goes
/// on: with fail-step, and with a warning if the runner's processes are not found.
void StopJob(OnDeny on_deny, bool guarded, std::string_view why);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_
