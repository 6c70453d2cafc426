#ifndef JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_
#define JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_

#include <string_view>

#include "verifier/config/config.h"

namespace jobwarden {

/// Ends a job that may not run, beyond the failure of its first step, which does not stop steps
/// under `if: always()`. What there is to say was said before: it gets the time to be sent, and
/// `why`, lines for the workflow's author, becomes the error of a job whose worker is ended.
///
/// stop-job: the worker is ended. stop-runner: the listener is told to shut down, and the worker is
/// ended if that does not end this process soon. fail-step: nothing, the step guard refuses; where
/// it is not there (`guarded`), as stop-job. Comes back where the job goes on: with fail-step, and
/// where the runner's processes are not found, which is said as a warning.
void StopJob(OnDeny on_deny, bool guarded, std::string_view why);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_STOP_JOB_H_
