#ifndef JOBWARDEN_EXECUTOR_GIT_CREDENTIALS_H_
#define JOBWARDEN_EXECUTOR_GIT_CREDENTIALS_H_

#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/result.h"

namespace jobwarden {

/// A file of git's configuration, without the user and password of each URL in it that holds
/// `token`, percent-encoded or not. For the server of each such http URL it gets a credential
/// helper, which hands over CI_JOB_TOKEN of the environment that git runs in: so its remotes work
/// wherever a job names the token. Every other byte stays as it was; a file without the token stays
/// as it is.
///
/// Nothing when the token also stands where no URL has its password. REQUIRES: a token.
std::optional<std::string> WithoutGitCredentials(std::string_view config, std::string_view token);

/// Takes the job token out of the git configuration that get_sources wrote: that of the checkout
/// and of its submodules (`.git/config`, `.git/modules/**/config`, and `config.worktree` beside
/// them), and the runner's own beside the checkout (`PROJECT.tmp/.gitlab-runner.ext.conf` since
/// runner 18). Files keep owner and mode, and are replaced as git does it, by way of `config.lock`.
///
/// To be called with the rights of the user who runs the job's script: the tree is that user's, who
/// may be hostile. Nothing above `builds_folder`, which the project must lie below, is trusted to
/// be no link; no link is followed from there on, no mount point entered, nothing but regular files
/// opened. What was not understood, is too large or cannot be written is refused, with the reason:
/// STATE_UNWRITABLE.
Status StripGitCredentials(const std::string& builds_folder, const std::string& project_folder,
                           std::string_view token);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_GIT_CREDENTIALS_H_
