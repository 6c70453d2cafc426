#ifndef JOBWARDEN_EXECUTOR_LEFTOVERS_H_
#define JOBWARDEN_EXECUTOR_LEFTOVERS_H_

#include <string_view>

namespace jobwarden {

/// Ends every process that was started with `entry` (`NAME=VALUE`) in its environment, also those
/// that left their process group: SIGTERM, 200 ms, SIGKILL. Processes that this one may not look
/// into, and those that started with another environment, are not found.
void EndLeftovers(std::string_view entry);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LEFTOVERS_H_
