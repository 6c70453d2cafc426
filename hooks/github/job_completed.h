#ifndef JOBWARDEN_HOOKS_GITHUB_JOB_COMPLETED_H_
#define JOBWARDEN_HOOKS_GITHUB_JOB_COMPLETED_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// GitHub's job-completed hook (ACTIONS_RUNNER_HOOK_JOB_COMPLETED): removes verdict and step guard,
/// looks for live tokens that the job left behind, and says where they lie, or removes those files
/// ([github] sweep). Returns 0 always: the job is over, and what goes wrong now is a warning.
int RunJobCompleted(const std::string& config_path, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_JOB_COMPLETED_H_
