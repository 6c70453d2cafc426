#ifndef JOBWARDEN_HOOKS_GITLAB_PRE_BUILD_H_
#define JOBWARDEN_HOOKS_GITLAB_PRE_BUILD_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// GitLab's `pre_build_script`, inside the job's own shell: decides about the job, and prints the
/// shell commands that take its unused tokens out of that shell. It prints nothing else on standard
/// output, and nothing at all there if the job may not go on.
///
/// It is advice and not a gate: it runs in an environment that the job chose, and cannot compare
/// the tokens with the job (the record says `"enforced": false, "bound": false`). It refuses rules
/// that ask for facts. Returns the exit status: 0 if the job may go on, else 1.
int RunPreBuild(const std::string& config_path, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_PRE_BUILD_H_
