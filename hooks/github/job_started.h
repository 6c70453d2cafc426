#ifndef JOBWARDEN_HOOKS_GITHUB_JOB_STARTED_H_
#define JOBWARDEN_HOOKS_GITHUB_JOB_STARTED_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// GitHub's job-started hook (ACTIONS_RUNNER_HOOK_JOB_STARTED), a child of the runner's worker:
/// requests an id_token, decides about the job, and leaves the verdict and the step guard. After a
/// deny it ends the job as `[github] on_deny` says. Returns the exit status: 0 if the job may go
/// on, else 1.
int RunJobStarted(const std::string& config_path, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_JOB_STARTED_H_
