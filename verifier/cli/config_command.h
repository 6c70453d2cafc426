#ifndef JOBWARDEN_VERIFIER_CLI_CONFIG_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_CONFIG_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden config check`: says on standard error all that is wrong with the configuration and
/// with what it names on this machine (see CheckConfig), and on standard output `FILE: ok` when
/// nothing is; warnings do not count. With --json one line of JSON on standard output alone. Exit
/// code 0; 2 when something is wrong.
int RunConfigCheck(const std::string& config_path, const ConfigOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_CONFIG_COMMAND_H_
