#ifndef JOBWARDEN_EXECUTOR_ARGUMENTS_H_
#define JOBWARDEN_EXECUTOR_ARGUMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

inline constexpr std::string_view kUsage =
    "usage: jobwarden-executor [--config FILE] config | prepare | run SCRIPT STAGE | cleanup";

struct Arguments {
  std::string config_path{kDefaultConfigPath};
  std::string command;  ///< `config`, `prepare`, `run`, `cleanup`, `--help` or `--version`
  std::string script;   ///< of `run`: the file that GitLab Runner generated
  std::string stage;    ///< of `run`
};

/// Reads the command line without the program's name; --config comes before or after the
/// command. CONFIG_INVALID, with the usage as hint, for anything else.
Result<Arguments> ParseArguments(const std::vector<std::string_view>& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_ARGUMENTS_H_
