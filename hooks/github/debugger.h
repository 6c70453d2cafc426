#ifndef JOBWARDEN_HOOKS_GITHUB_DEBUGGER_H_
#define JOBWARDEN_HOOKS_GITHUB_DEBUGGER_H_

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// The TCP ports on which a process of this user listens, in order. A socket that its parent has
/// open too does not count, because the process has only inherited it. DRIVER_FAILED if /proc does
/// not show which sockets are the process's.
Result<std::vector<std::uint16_t>> ListeningPorts(pid_t pid);

/// Looks for the runner's debugger, whose clients run commands on this machine before the first
/// step and past containers. A worker listens on ports only if it has one: DEBUGGER_LISTENS then.
/// Nothing if it has none.
Findings FindDebugger(pid_t worker);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_DEBUGGER_H_
