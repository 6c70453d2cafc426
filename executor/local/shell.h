#ifndef JOBWARDEN_EXECUTOR_LOCAL_SHELL_H_
#define JOBWARDEN_EXECUTOR_LOCAL_SHELL_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"
#include "verifier/os/fd.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// `bash`, `sh`, `pwsh`: as GitLab Runner calls it, and as the program is called.
std::string_view ShellName(Shell shell);

/// The command line of a shell that reads its script from standard input; the program is looked
/// up in the absolute folders of `path`. DRIVER_FAILED when it is in none of them.
Result<std::vector<std::string>> ShellCommand(Shell shell, std::string_view path);

/// What the environment of a job's script says of the job's own.
struct ScriptSettings {
  std::string shell;           ///< SHELL: the program's path
  std::string temporary;       ///< TMPDIR
  const User* user = nullptr;  ///< whose name is USER and LOGNAME; null: our own
  std::string home = {};       ///< HOME; empty: our own
};

/// The environment of a job's script, `NAME=VALUE`: `settings`, and of our own only PATH, LANG,
/// TERM and the proxy settings. What the job itself brings is in its script.
std::vector<std::string> ScriptEnvironment(const Environment& ours, const ScriptSettings& settings);

/// A file in memory alone that holds `bytes`, is read from its beginning, and that nobody can
/// change any more. DRIVER_FAILED.
Result<Fd> SealedFile(std::string_view bytes);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_SHELL_H_
