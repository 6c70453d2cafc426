#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_SIGN_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_SIGN_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden policy sign`. Returns the exit code.
int RunPolicySign(const std::string& config_path, bool config_given,
                  const PolicySignOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_SIGN_COMMAND_H_
