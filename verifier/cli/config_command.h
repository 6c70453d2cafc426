#ifndef JOBWARDEN_VERIFIER_CLI_CONFIG_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_CONFIG_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden config check`: reports on standard error all faults of the configuration, and of the
/// files and users of this machine that it names (see CheckConfig). If there is none, it prints
/// `FILE: ok` on standard output; warnings do not count. With --json it only prints one line of
/// JSON on standard output. Exit code 0, or 2 with a fault.
int RunConfigCheck(const std::string& config_path, const ConfigOptions& options);

/// `jobwarden config show`: prints each setting, its value, and where it is written (see
/// SettingsText). Exit code 0, or 2 if the configuration cannot be read.
int RunConfigShow(const std::string& config_path, const ConfigOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_CONFIG_COMMAND_H_
