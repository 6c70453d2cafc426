#ifndef JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden keys refresh`: fetches and stores the key sets of all issuers, or of one; pinned sets
/// are left alone. An issuer that fails does not stop the others. Says on standard error what is
/// asked, what is stored after that, and which keys cannot be used. Exit code 0; 2 usage or
/// configuration; 3 when a good key set could not be had or stored.
int RunKeysRefresh(const std::string& config_path, const KeysOptions& options);

/// `jobwarden keys show`: prints the keys that are stored or pinned, without asking anybody: a
/// table, or one line of JSON. Exit code 0; 2 usage or configuration; 3 when an issuer has no key
/// set that could be used now.
int RunKeysShow(const std::string& config_path, const KeysOptions& options);

/// `jobwarden keys pin`: fetches one issuer's key set and writes it into the file that
/// `issuer.keys.file` names, or where it names none into `keys/NAME.json` beside the configuration,
/// and says how to use it there. A failure leaves the file as it was. Exit codes as for refresh.
int RunKeysPin(const std::string& config_path, const KeysOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_KEYS_COMMAND_H_
