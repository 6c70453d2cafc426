#ifndef JOBWARDEN_VERIFIER_CLI_VERIFY_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_VERIFY_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden verify`: verifies a token and decides. Exit code 0 allow, 1 deny, 2 usage or
/// configuration, 3 error. It fetches keys when the cache lacks them; a user who may not write the
/// cache fetches them for this call only.
int RunVerify(const std::string& config_path, const VerifyOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_VERIFY_COMMAND_H_
