#ifndef JOBWARDEN_HOOKS_GITHUB_WRAPPED_HOOK_H_
#define JOBWARDEN_HOOKS_GITHUB_WRAPPED_HOOK_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// Set by container.js for this hook alone: the runner's own node, which runs container.js.
inline constexpr std::string_view kNodeVariable = "JOBWARDEN_NODE";

/// The container hook that stands behind this one, as it is to be started.
struct WrappedHook {
  std::string program;
  std::vector<std::string> arguments;  ///< without the program's own name
  std::vector<Secret> environment;     ///< `NAME=value`
  bool ends_with_parent = false;       ///< it is killed when who started us has died
};

/// Finds out how `command`, [github] container_hooks, is started, as the runner would: `.js` by its
/// node, `.sh` by bash -e, anything else by itself. No program is looked for on PATH.
///
/// It gets our environment without kNodeVariable, and, where `strips`, without the variables by
/// which id_tokens are requested: what a step needs stands in the message. PATH loses the folders
/// that a job can write from its container, for the job may put folders in front of PATH: those
/// below the runner's work and tool folders, relative ones, those of /proc and /dev; and those of
/// step guards. It is all of this environment that a job has a say in.
///
/// CONFIG_INVALID when there is none, or no such file, or no node to start it with.
Result<WrappedHook> FindWrappedHook(const std::vector<std::string>& command,
                                    const Environment& environment, bool strips);

/// Becomes the hook, with `input` on its standard input: its exit status, signals and output are
/// this process's own. Comes back with what is wrong, DRIVER_FAILED, when that cannot be.
Finding ExecWrappedHook(const WrappedHook& hook, std::string_view input);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_WRAPPED_HOOK_H_
