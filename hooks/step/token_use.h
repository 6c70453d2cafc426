#ifndef JOBWARDEN_HOOKS_STEP_TOKEN_USE_H_
#define JOBWARDEN_HOOKS_STEP_TOKEN_USE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/step/mounts.h"

namespace jobwarden {

/// A program that a step starts, by what the guard was started with. All folders are those of this
/// machine.
struct StepCall {
  std::string_view program;                 ///< its name: `bash`
  std::vector<std::string_view> arguments;  ///< without that name
  std::string folder;                       ///< the working folder, absolute
  std::string_view workspace;               ///< GITHUB_WORKSPACE
  std::string_view action;                  ///< GITHUB_ACTION_PATH: a composite action's files
  std::string_view temporary;               ///< RUNNER_TEMP
  std::string_view home;                    ///< HOME
  /// Of the container that the step runs in, whose paths its arguments and scripts name; empty: it
  /// runs on this machine.
  std::vector<Mount> mounts = {};
  /// False: the checkout lies where it cannot be seen. What names a file is unknown then.
  bool workspace_is_seen = true;
  /// A JavaScript or Docker action: its code is not followed.
  bool is_action = false;
};

enum class TokenUse {
  kNone,     ///< nothing that it runs, as far as it can be followed, requests id_tokens
  kNamed,    ///< something names the request variables, or a command that reads them
  kUnknown,  ///< it could not be followed: unreadable, or over a limit
};

/// How far scripts are followed.
struct TokenUseLimits {
  int levels = 3;  ///< of files that files name, below the script itself
  std::size_t files = 256;
  std::size_t bytes = std::size_t{8} << 20U;
  std::size_t lookups = 20'000;  ///< of words that may be files
  std::size_t arguments = 64;    ///< that are looked at; those behind are the script's own data
};

/// Whether a step needs to request id_tokens: its arguments, the script among them, and the files
/// that the script names, three levels deep. Over a level nothing is looked for; over any other
/// limit it is unknown.
///
/// Names are resolved in the working folder, the workspace, the folder of the file that names them,
/// the composite action's, and in folders that are named (`cd infra && ./apply.sh`). A name may
/// lack the ending of the file it stands in (`import upload`). make, just, task, npm and their like
/// name their own files. Files outside of these folders are read as long as they are small and
/// text; those of a container's image are not seen. It never leaves what is a regular file, nor
/// writes.
TokenUse FindTokenUse(const StepCall& call, const std::vector<std::string>& consumers,
                      const TokenUseLimits& limits = {});

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_TOKEN_USE_H_
