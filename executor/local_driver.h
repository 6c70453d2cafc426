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
/// TMPDIR of its own, the script as its standard input, from memory alone; and, as `[executor]`
/// says, the user and the sandbox that were taken for the job.
/// CONFIG_INVALID, DRIVER_FAILED, STATE_UNWRITABLE.
Result<StageCommand> LocalCommand(const Secret& script, const Call& call, const Config& config,
                                  const std::string& job_folder);

/// Takes what a job needs on this machine, makes its folders, and sees that it can run; says on
/// standard error what the way in which jobs run here cannot promise.
struct LocalFolders {
  std::string builds;
  std::string cache;
  bool shared;  ///< by jobs that run at the same time
};
Result<LocalFolders> TakeLocal(const Call& call, const Config& config,
                               const std::string& job_folder);

/// Ends all that is left of the job, removes what was its own alone, and gives back what was taken
/// for it. What cannot be done is said on standard error.
void GiveBackLocal(const Config& config, const std::string& job_folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_DRIVER_H_
