#ifndef JOBWARDEN_HOOKS_ARGUMENTS_H_
#define JOBWARDEN_HOOKS_ARGUMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

inline constexpr std::string_view kHookUsage =
    "usage: jobwarden-hook [--config FILE] gitlab pre-build";

struct HookArguments {
  std::string config_path{kDefaultConfigPath};
  std::string command;  ///< `gitlab pre-build`, `--help` or `--version`
};

/// Reads the command line without the program's name; --config may stand before or after the
/// command. CONFIG_INVALID, with the usage as hint, for anything else.
Result<HookArguments> ParseHookArguments(const std::vector<std::string_view>& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_ARGUMENTS_H_
