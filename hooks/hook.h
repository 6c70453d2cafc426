#ifndef JOBWARDEN_HOOKS_HOOK_H_
#define JOBWARDEN_HOOKS_HOOK_H_

#include "hooks/arguments.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// One call of the hook.
struct HookCall {
  HookArguments arguments;
  Environment environment;
};

// Each command says what there is to say on standard error, and gives back the exit status: 0 when
// the job may go on, else 1.

/// GitLab's `pre_build_script`, inside the job's own shell: decides about the job, and prints the
/// shell commands that take its unused tokens out of that shell. It prints nothing else, and
/// nothing at all where the job is not to go on.
///
/// Advice, no gate: it runs in what the job chose, has nothing to hold the tokens against (the
/// record says `"enforced": false, "bound": false`), and refuses rules that ask for facts.
int RunGitLabPreBuild(const HookCall& call);

/// GitHub's job-started hook (ACTIONS_RUNNER_HOOK_JOB_STARTED), as a child of the runner's worker:
/// requests an id_token, decides about the job, leaves the verdict and the step guard, and on a
/// deny ends the job as `[github] on_deny` says.
int RunGitHubJobStarted(const HookCall& call);

/// GitHub's job-completed hook (ACTIONS_RUNNER_HOOK_JOB_COMPLETED): removes verdict and step guard,
/// looks for live tokens that the job left behind, and says where they lie, or removes those files
/// ([github] sweep). Always 0: the job is over, and what goes wrong now is a warning.
int RunGitHubJobCompleted(const HookCall& call);

/// GitHub's container hook (ACTIONS_RUNNER_CONTAINER_HOOKS): refuses without an allow verdict,
/// takes what requests id_tokens out of what does not need it, and runs the wrapped hook with the
/// rest. Gives back that hook's exit status.
int RunGitHubContainer(const HookCall& call);

/// `github mint --audience A (--output NAME | --env NAME)`, in a step: requests an id_token for
/// another service, verified and bound to this job, and gives it to later steps.
int RunGitHubMint(const HookCall& call);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_HOOK_H_
