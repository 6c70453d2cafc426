#ifndef JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden keys refresh`: fetches and stores the key sets of all issuers, or of one issuer. It
/// leaves pinned keys alone. An issuer that fails does not stop the others. It says on standard
/// error what it fetches, with what result, and which keys cannot be used. Exit code 0; 2 usage or
/// configuration; 3 if a good key set could not be fetched or stored.
int RunKeysRefresh(const std::string& config_path, const KeysOptions& options);

/// `jobwarden keys show`: prints the keys that are stored or pinned, as a table or one line of
/// JSON. It uses no network. Exit code 0; 2 usage or configuration; 3 if an issuer has no key set
/// that can be used now.
int RunKeysShow(const std::string& config_path, const KeysOptions& options);

/// `jobwarden keys pin`: fetches one issuer's key set and writes it to the file `issuer.keys.file`.
/// If that is not set, it writes `keys/NAME.json` beside the configuration, and says how to use the
/// file. A failure leaves the file as it was. Exit codes as for refresh.
int RunKeysPin(const std::string& config_path, const KeysOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_
