#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden policy check`: says each mistake of the configuration's text, and what is legal and
/// dangerous. Exit code 0 ok, 2 for a mistake (with `strict` for a warning too).
int RunPolicyCheck(const std::string& config_path, const PolicyCheckOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_COMMAND_H_
