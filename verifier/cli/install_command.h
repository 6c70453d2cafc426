#ifndef JOBWARDEN_VERIFIER_CLI_INSTALL_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_INSTALL_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden install gitlab|github`: makes a runner that is there call the programs in this
/// program's own folder. It prints the change as a diff, keeps a backup beside the file, and says
/// what is left to do. With --dry-run it changes nothing; with --undo it gives the file back the
/// bytes that it had before. A runner that is wired already is left alone.
///
/// With `config_given` the driver of a GitLab runner is to read the configuration at `config_path`.
///
/// A runner that is wired is examined, as `jobwarden doctor` does with the configuration at
/// `config_path`. Exit code 0; 1 if the runner is wired and a check fails; 2 where the command does
/// not understand the file, 3 where it cannot write it: then nothing is changed.
int RunInstallGitLab(const std::string& config_path, bool config_given,
                     const InstallOptions& options);
int RunInstallGitHub(const std::string& config_path, const InstallOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_INSTALL_COMMAND_H_
