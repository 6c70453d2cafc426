#ifndef JOBWARDEN_HOOKS_ARGUMENTS_H_
#define JOBWARDEN_HOOKS_ARGUMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "hooks/github/mint.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

inline constexpr std::string_view kHookUsage =
    "usage: jobwarden-hook [--config FILE] gitlab pre-build\n"
    "       jobwarden-hook [--config FILE] github job-started | job-completed | container\n"
    "       jobwarden-hook [--config FILE] github mint --audience A (--output NAME | --env NAME)";

inline constexpr std::string_view kMintCommand = "github mint";

struct HookArguments {
  std::string config_path{kDefaultConfigPath};
  std::string command;  ///< the name of one of HookCommands(): `gitlab pre-build`, `--help` …
  MintRequest mint;     ///< for `github mint`
};

/// Reads the command line without the program's name. `--config` may stand before or after the
/// command. CONFIG_INVALID, with the usage as hint, for anything else.
Result<HookArguments> ParseHookArguments(const std::vector<std::string_view>& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_ARGUMENTS_H_
