#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_INIT_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_INIT_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// Runs `jobwarden policy init`. The policy is checked and tested before anything is written, and
/// its folder appears whole or not at all. Returns the exit code.
int RunPolicyInit(const std::string& config_path, const PolicyInitOptions& options);

/// Runs `jobwarden policy schema`.
int RunPolicySchema();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_INIT_COMMAND_H_
