#ifndef JOBWARDEN_EXECUTOR_LOCAL_DRIVER_H_
#define JOBWARDEN_EXECUTOR_LOCAL_DRIVER_H_

#include <string>

#include "executor/stage.h"
#include "executor/stage_process.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// All that it takes to run a stage's script on this machine: the shell, its clean environment, a
/// TMPDIR of its own, and the script as its standard input, from memory alone.
/// DRIVER_FAILED, STATE_UNWRITABLE.
Result<StageCommand> LocalCommand(const Secret& script, const Call& call, const Config& config,
                                  const std::string& job_folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_DRIVER_H_
