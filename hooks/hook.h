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

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_HOOK_H_
