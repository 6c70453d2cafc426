#ifndef JOBWARDEN_EXECUTOR_RECEIVED_GITLAB_ENV_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_GITLAB_ENV_H_

#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

// GITLAB_ENV names a file by which a stage of a job sets variables for the stages after it. Each
// stage of GitLab Runner reads the file after its own variables, with its tokens in the
// environment. So a stage that runs without a token could choose the programs of a later stage that
// has the token (PATH, LD_PRELOAD, BASH_ENV), and read the token there. This file changes how such
// a later stage reads the file. It never changes what a stage writes, and never reads the file
// itself.

/// Whether a variable can make programs run something else than they were written to run, or talk
/// to another server: PATH, LD_PRELOAD, BASH_ENV, GIT_CONFIG_COUNT, HTTPS_PROXY, NODE_OPTIONS,
/// CI_API_V4_URL …
bool RedirectsPrograms(std::string_view name);

/// Returns a stage's commands, changed so that they take from GITLAB_ENV nothing but variables, and
/// none of RedirectsPrograms; bash and sh say on standard error which ones they leave out. All
/// other bytes stay as they were. Commands that do not begin with the reading of that file stay
/// whole.
///
/// Three forms are known: the runner's loop over lines, its `source` (whose values may then be bare
/// or in quotes, without expansions), and its PowerShell. Returns nothing where the file is read in
/// another form.
std::optional<std::string> WithGuardedGitLabEnv(std::string_view commands);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_GITLAB_ENV_H_
