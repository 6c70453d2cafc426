#ifndef JOBWARDEN_HOOKS_STEP_TOKEN_USE_H_
#define JOBWARDEN_HOOKS_STEP_TOKEN_USE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/step/mounts.h"
#include "verifier/consumers/consumer_list.h"

namespace jobwarden {

/// A program that a step starts. All folders are those of this machine.
struct StepCall {
  std::string_view program;                 ///< its name: `bash`
  std::vector<std::string_view> arguments;  ///< without that name
  std::string folder;                       ///< the working folder, absolute
  std::string_view workspace;               ///< GITHUB_WORKSPACE
  std::string_view action;                  ///< GITHUB_ACTION_PATH: files of a composite action
  std::string_view temporary;               ///< RUNNER_TEMP
  std::string_view home;                    ///< HOME
  /// The step's environment: entries `NAME=value`. It tells what `$NAME` is in a script, and may
  /// itself say that a program is to get id_tokens.
  std::vector<std::string_view> environment = {};
  /// The mounts of the container in which the step runs. Arguments and scripts then name paths of
  /// the container. Empty: the step runs on this machine.
  std::vector<Mount> mounts = {};
  /// False: the checkout cannot be read from here. A script that names a file is unknown then.
  bool workspace_is_seen = true;
  /// The step is a JavaScript or Docker action. Its code is not followed.
  bool is_action = false;
};

enum class TokenUse {
  kNone,     ///< no text that the step runs, as far as it was followed, requests id_tokens
  kNamed,    ///< a text names the request variables, or a command that reads them
  kUnknown,  ///< the step could not be followed: something is unreadable, or over a limit
};

/// How far scripts are followed.
struct TokenUseLimits {
  int levels = 3;  ///< of files that name files, below the script itself
  std::size_t files = 256;
  std::size_t bytes = std::size_t{8} << 20U;
  std::size_t lookups = 20'000;  ///< of words that may be names of files
  std::size_t arguments = 64;    ///< that are searched; later arguments are the script's own data
  bool variables = true;         ///< false: only the commands count, not the names of the variables
};

/// Whether a step needs to request id_tokens, from its arguments, its script, and the files that
/// the script names, three levels deep. Below the last level nothing is searched; over any other
/// limit the result is kUnknown. `consumers` are commands besides those of the list.
///
/// A name is looked for in the working folder, the workspace, the folder of the file with the name,
/// the composite action's folder, and in folders that the text names (`cd infra && ./apply.sh`). A
/// name may lack the ending of the file that names it (`import upload`). make, just, task, npm and
/// similar tools have files of their own, of which the recipes and scripts that are called count.
/// Files outside of these folders are read if they are small and text. Compiled programs are
/// searched for the names of the variables, also those on PATH, but not the system's and not those
/// that the list knows. Files of a container's image cannot be read.
TokenUse FindTokenUse(const StepCall& call, const ConsumerList& list,
                      const std::vector<std::string>& consumers, const TokenUseLimits& limits = {});

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_TOKEN_USE_H_
