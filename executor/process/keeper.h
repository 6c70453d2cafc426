#ifndef JOBWARDEN_EXECUTOR_PROCESS_KEEPER_H_
#define JOBWARDEN_EXECUTOR_PROCESS_KEEPER_H_

#include <signal.h>
#include <sys/types.h>

#include "verifier/base/result.h"

namespace jobwarden {

/// Blocks the signals that concern a stage (SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD), and returns
/// them: they are read from a descriptor, or waited for. Whoever started this process may have them
/// ignored, and an ignored SIGCHLD hides an exit status: that ends here too.
Result<sigset_t> BlockStageSignals();

/// Goes on as the keeper of a stage: a child of this process, below which the stage's processes
/// stand. Returns the process that GitLab Runner knows, which the keeper outlives: when it is gone,
/// a SIGHUP comes and getppid() is another.
///
/// GitLab Runner kills a driver that does not end in time, by SIGKILL to its process group. So the
/// driver cannot end what a stage leaves then, and what daemons among it did (a session of their
/// own, another environment) nobody finds later. The keeper has a session of its own, which the
/// signal does not reach, and all that was started is below it.
///
/// This process hands its signals on to the keeper, and ends with the keeper's exit status; it does
/// not return. But when somebody kills the keeper it kills all processes below, and returns
/// DRIVER_FAILED; and so it does when there can be no keeper. The caller has one thread.
Result<pid_t> BecomeKeeper();

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_KEEPER_H_
