#ifndef JOBWARDEN_HOOKS_GITHUB_CONTAINER_H_
#define JOBWARDEN_HOOKS_GITHUB_CONTAINER_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// GitHub's container hook (ACTIONS_RUNNER_CONTAINER_HOOKS): refuses without an allow verdict,
/// takes what requests id_tokens out of what does not need it, and becomes the wrapped hook with
/// the rest. Returns only where the wrapped hook is not started: 1.
int RunContainer(const std::string& config_path, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_CONTAINER_H_
