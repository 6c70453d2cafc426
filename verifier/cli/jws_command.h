#ifndef JOBWARDEN_VERIFIER_CLI_JWS_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_JWS_COMMAND_H_

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden jws`: checks the signature of the compact JWS on standard input, and nothing else.
/// Exit code 0 if the signature is good, 1 if not, 2 if the key set cannot be read.
int RunJws(const JwsOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_JWS_COMMAND_H_
