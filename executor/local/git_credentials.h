#ifndef JOBWARDEN_EXECUTOR_LOCAL_GIT_CREDENTIALS_H_
#define JOBWARDEN_EXECUTOR_LOCAL_GIT_CREDENTIALS_H_

#include <string>
#include <string_view>

#include "executor/received/git_config.h"
#include "verifier/base/result.h"

namespace jobwarden {

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
                           std::string_view token, TokenElsewhere elsewhere);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_GIT_CREDENTIALS_H_
