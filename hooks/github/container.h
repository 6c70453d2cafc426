#ifndef JOBWARDEN_HOOKS_GITHUB_CONTAINER_H_
#define JOBWARDEN_HOOKS_GITHUB_CONTAINER_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// GitHub's container hook (ACTIONS_RUNNER_CONTAINER_HOOKS): refuses without an allow verdict,
/// takes the variables that request id_tokens from containers and steps that do not need them, and
/// becomes the wrapped hook. Returns 1 if the wrapped hook is not started, else it does not return.
int RunContainer(const std::string& config_path, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_CONTAINER_H_
