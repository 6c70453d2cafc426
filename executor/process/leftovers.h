#ifndef JOBWARDEN_EXECUTOR_PROCESS_LEFTOVERS_H_
#define JOBWARDEN_EXECUTOR_PROCESS_LEFTOVERS_H_

#include <sys/types.h>

#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// Ends every process that was started with `entry` (`NAME=VALUE`) in its environment, also those
/// that left their process group: SIGTERM, 200 ms, SIGKILL. Processes that this one may not look
/// into, and those that started with another environment, are not found.
void EndLeftovers(std::string_view entry);

/// The processes below this one that have not ended. Those that are started meanwhile may be
/// missing; one whose parent ended is there when this process adopts orphans
/// (PR_SET_CHILD_SUBREAPER).
std::vector<pid_t> Descendants();

/// Kills all processes of the user, whatever they did to hide and however fast they multiply.
/// For root. DRIVER_FAILED when one does not end.
Status EndProcessesOf(const Identity& user);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_LEFTOVERS_H_
