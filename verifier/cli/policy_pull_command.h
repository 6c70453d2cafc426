#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_PULL_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_PULL_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden policy pull`. Returns the exit code.
int RunPolicyPull(const std::string& config_path, const PolicyPullOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_PULL_COMMAND_H_
