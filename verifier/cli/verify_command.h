#ifndef JOBWARDEN_VERIFIER_CLI_VERIFY_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_VERIFY_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden verify`: exit code 0 allow, 1 deny, 2 usage or configuration, 3 error.
/// Keys are fetched when the cache cannot answer; by a user who may not write it, for this call.
int RunVerify(const std::string& config_path, const VerifyOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_VERIFY_COMMAND_H_
