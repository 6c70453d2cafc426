#ifndef JOBWARDEN_EXECUTOR_PROCESS_LEFTOVERS_H_
#define JOBWARDEN_EXECUTOR_PROCESS_LEFTOVERS_H_

#include <sys/types.h>

#include <string_view>
#include <vector>

#include "executor/process/left_process.h"
#include "verifier/base/result.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// Ends every process that was started with `entry` (`NAME=VALUE`) in its environment, also those
/// that left their process group: SIGTERM, 200 ms, SIGKILL, 200 ms. Returns those that are left.
/// Processes that this one may not look into, and those that were started with another environment,
/// are not found.
std::vector<LeftProcess> EndLeftovers(std::string_view entry);

/// The processes that have the user's real, effective, saved or file system id.
std::vector<LeftProcess> ProcessesOf(uid_t user);

/// Kills all processes of the user once, whatever they did to hide and however fast they multiply.
/// For root. False when this process cannot become the user.
bool KillProcessesOf(const Identity& user);

/// Kills all processes of the user, and waits for their end. For root.
///
/// DRIVER_FAILED, with the ProcessText of those that are left, when they do not end within 10 s; of
/// blocked ones alone within 1 s. ProcessesOf says which they are.
Status EndProcessesOf(const Identity& user);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_LEFTOVERS_H_
