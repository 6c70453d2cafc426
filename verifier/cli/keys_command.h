#ifndef JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden keys refresh`: fetches and stores the key sets of all issuers, or of one; pinned ones
/// are left alone. One that fails does not stop the others. Says on standard error what came of
/// each, and which keys cannot be used. Exit code 0; 2 usage or configuration; 3 when a good key
/// set could not be had or stored.
int RunKeysRefresh(const std::string& config_path, const RefreshOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_
