#ifndef JOBWARDEN_EXECUTOR_PROCESS_EARLIER_STAGE_H_
#define JOBWARDEN_EXECUTOR_PROCESS_EARLIER_STAGE_H_

#include <string>
#include <string_view>

#include "executor/process/stage_lock.h"
#include "verifier/base/result.h"

namespace jobwarden {

// A stage leaves processes only when its driver was killed, or could not end them. The next stage
// ends them before it starts. Blocked processes may stay, which is said on standard error: they run
// no code, and so see nothing of the next stage. DRIVER_FAILED when others stay.

/// Takes the lock once no earlier stage has it. If that stage was not finished, ends the processes
/// that were started with `mark` (`NAME=VALUE`) in their environment; where there is no mark, the
/// end of their keeper has ended them (a sandbox dies with it).
Result<StageLock> TakeAfterEarlierStage(const std::string& lock, std::string_view mark);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_EARLIER_STAGE_H_
