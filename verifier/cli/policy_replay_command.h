#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_REPLAY_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_REPLAY_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden policy replay`: decides recorded decisions again by the configuration at
/// `config_path`, and says which would be different. The exit code is 0; that of an error if an
/// audit file could not be read to its end.
int RunPolicyReplay(const std::string& config_path, const PolicyReplayOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_REPLAY_COMMAND_H_
