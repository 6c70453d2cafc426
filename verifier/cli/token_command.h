#ifndef JOBWARDEN_VERIFIER_CLI_TOKEN_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_TOKEN_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden token request`: reads the request's URL and token on standard input, a line each, as
/// ParseIdTokenRequest says, and prints the id_token alone, on a line, once it is whole. `ca_file`,
/// `proxy` and `timeout` are those of the issuer's keys. The token is not verified.
/// Exit code 0; 2 usage or configuration; 3 when there is none to be had.
int RunTokenRequest(const std::string& config_path, const TokenRequestOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_TOKEN_COMMAND_H_
