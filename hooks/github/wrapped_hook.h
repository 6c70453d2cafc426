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

/// The runner's own node, which runs container.js. container.js sets it for this hook only.
inline constexpr std::string_view kNodeVariable = "JOBWARDEN_NODE";

/// The container hook that this one wraps, and how to start it.
struct WrappedHook {
  std::string program;
  std::vector<std::string> arguments;  ///< without the program's own name
  std::vector<Secret> environment;     ///< `NAME=value`
  bool ends_with_parent = false;       ///< it is killed when our parent process has died
};

/// Finds out how to start `command`, [github] container_hooks, as the runner does: `.js` with its
/// node,
/// `.sh` with bash -e, any other program by itself. PATH is not searched.
///
/// The hook gets our environment without kNodeVariable; with `strips`, also without the variables
/// that request id_tokens, because the message has the variables that a step needs. PATH is the
/// only variable that a job can change: the job may put folders before it. So PATH loses all
/// folders that a job can write from its container (below the runner's work and tool folders,
/// relative ones, /proc and /dev), and those of step guards.
///
/// CONFIG_INVALID when `command` is empty, its file cannot be read, or there is no node to start
/// it.
Result<WrappedHook> FindWrappedHook(const std::vector<std::string>& command,
                                    const Environment& environment, bool strips);

/// Becomes the hook, with `input` on its standard input. So the hook's exit status, signals and
/// output are this process's own. Returns only on failure, with the reason: DRIVER_FAILED.
Finding ExecWrappedHook(const WrappedHook& hook, std::string_view input);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_WRAPPED_HOOK_H_
