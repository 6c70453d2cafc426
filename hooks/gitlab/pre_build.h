#ifndef JOBWARDEN_HOOKS_GITLAB_PRE_BUILD_H_
#define JOBWARDEN_HOOKS_GITLAB_PRE_BUILD_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// GitLab's `pre_build_script`, inside the job's own shell: decides about the job, and prints the
/// shell commands that take its unused tokens out of that shell. It prints nothing else on standard
/// output, and nothing at all there where the job is not to go on.
///
/// It is advice, not a gate: it runs in what the job chose, and has nothing to hold the tokens
/// against (the record says `"enforced": false, "bound": false`). Rules that ask for facts are
/// refused. Returns the exit status: 0 when the job may go on, else 1.
int RunPreBuild(const std::string& config_path, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_PRE_BUILD_H_
