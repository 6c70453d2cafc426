#ifndef JOBWARDEN_VERIFIER_CLI_TOKEN_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_TOKEN_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden token request`: reads the request's URL and token from standard input, a line each
/// (see ParseIdTokenRequest), and prints nothing but the id_token, on one line, when all of it is
/// there. `ca_file`, `proxy` and `timeout` are those of the issuer's keys. The token is not
/// verified. Exit code 0; 2 usage or configuration; 3 when no token comes.
int RunTokenRequest(const std::string& config_path, const TokenRequestOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_TOKEN_COMMAND_H_
