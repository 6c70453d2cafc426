#ifndef JOBWARDEN_EXECUTOR_PROCESS_DESCENDANTS_H_
#define JOBWARDEN_EXECUTOR_PROCESS_DESCENDANTS_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "executor/process/left_process.h"

namespace jobwarden {

/// Sends the signal (0: none) to the processes below this one that have not ended, and returns
/// them. SIGKILL also goes to the process groups of this process's children, all members of which
/// get it in one call of the system: none escapes by starting another.
///
/// A process whose parent ended is below this one when this one adopts orphans
/// (PR_SET_CHILD_SUBREAPER). Those that are started meanwhile may be missing, so that SIGKILL is to
/// be sent until there is no child any more. No signal reaches a stranger that has the number of a
/// process that is gone. REQUIRES: no child is waited for meanwhile.
std::vector<LeftProcess> SignalDescendants(int number);

/// Sends SIGKILL to them again and again, as long as KillPatience has it. Returns nothing when this
/// process has no child any more: `pause`, which is called after each round, says so, and is to
/// wait a moment and to reap. Else returns those that are left, as far as they are found.
std::optional<std::vector<LeftProcess>> KillDescendants(std::chrono::milliseconds time,
                                                        const std::function<bool()>& pause);

/// What there is after children were reaped: none, some that run, or perhaps more that have ended.
enum class Children { kNone, kRun, kMore };

/// Reaps the children that have ended, and hands each with its wait status to `ended`. Bounded: a
/// job can end children faster than they are reaped.
Children ReapChildren(const std::function<void(pid_t, int)>& ended);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_DESCENDANTS_H_
