#ifndef JOBWARDEN_HOOKS_GITHUB_JOB_COMPLETED_H_
#define JOBWARDEN_HOOKS_GITHUB_JOB_COMPLETED_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// GitHub's job-completed hook (ACTIONS_RUNNER_HOOK_JOB_COMPLETED): removes verdict and step guard,
/// looks for live tokens that the job left in files, and says which files hold them, or removes
/// these files ([github] sweep). Always returns 0: the job is over, so every fault is only a
/// warning.
int RunJobCompleted(const std::string& config_path, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_JOB_COMPLETED_H_
