#ifndef JOBWARDEN_EXECUTOR_PROCESS_DESCENDANTS_H_
#define JOBWARDEN_EXECUTOR_PROCESS_DESCENDANTS_H_

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

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_DESCENDANTS_H_
