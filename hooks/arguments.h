#ifndef JOBWARDEN_HOOKS_ARGUMENTS_H_
#define JOBWARDEN_HOOKS_ARGUMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

inline constexpr std::string_view kHookUsage =
    "usage: jobwarden-hook [--config FILE] gitlab pre-build\n"
    "       jobwarden-hook [--config FILE] github job-started | job-completed | container\n"
    "       jobwarden-hook [--config FILE] github mint --audience A (--output NAME | --env NAME)";

struct HookArguments {
  std::string config_path{kDefaultConfigPath};
  std::string command;   ///< `gitlab pre-build`, `github mint`, `--help`, `--version` …
  std::string audience;  ///< of `github mint`: who the token is for
  std::string output;    ///< the step's output that gets it; empty: none
  std::string env;       ///< the variable of later steps that gets it; empty: none
};

/// Reads the command line without the program's name; --config may stand before or after the
/// command. CONFIG_INVALID, with the usage as hint, for anything else.
Result<HookArguments> ParseHookArguments(const std::vector<std::string_view>& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_ARGUMENTS_H_
