#ifndef JOBWARDEN_HOOKS_GUARD_KEPT_STEP_H_
#define JOBWARDEN_HOOKS_GUARD_KEPT_STEP_H_

#include <sys/types.h>

#include <functional>

#include "hooks/guard/held_credentials.h"

namespace jobwarden {

/// Whether this process is a step that `worker` started, and nothing else that the worker started
/// runs at the same time. False where the worker is not known (0).
bool IsOnlyStep(pid_t worker);

/// Takes git's credentials away, runs `become`, which calls execve, in a child, and gives them back
/// when the child ends. Returns the child's exit status; if a signal ended the child, the same
/// signal ends this process.
///
/// Signals that ask a process to end are handed on. If this process is killed, the child is killed
/// too, and another process gives the credentials back. That process also gives them back as soon
/// as the worker starts something else: an action, which no guard sees, may call git.
int RunWithoutCredentials(const HeldCredentials& credentials, const std::function<int()>& become);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_KEPT_STEP_H_
