#ifndef JOBWARDEN_VERIFIER_WIRING_GITHUB_ENV_H_
#define JOBWARDEN_VERIFIER_WIRING_GITHUB_ENV_H_

#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/wiring/wiring.h"

namespace jobwarden {

/// Refuses the text of a runner's `.env` in which the runner's .NET sees other lines than other
/// readers do: UTF-16, and lines that end with "\r" alone.
Status CheckGitHubEnv(const std::string& path, std::string_view text);

/// What makes a GitHub runner start the hook files in `folder`: the variables
/// ACTIONS_RUNNER_HOOK_JOB_STARTED and ACTIONS_RUNNER_HOOK_JOB_COMPLETED in the text of its `.env`.
/// ACTIONS_RUNNER_CONTAINER_HOOKS changes only where it is set.
///
/// The runner reads `NAME=VALUE` lines, has no comments and no quotes, and the last line of a name
/// counts. Each line of such a name is changed where it is; a name that has none is added at the
/// end. Other lines keep their bytes. A variable that has another value is refused unless `replace`
/// is set, because the hook that it names would not be called any more. Refuses what CheckGitHubEnv
/// refuses.
Result<Wiring> WireGitHubEnv(const std::string& path, std::string_view text,
                             const std::string& folder, bool replace);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_GITHUB_ENV_H_
