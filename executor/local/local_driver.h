#ifndef JOBWARDEN_EXECUTOR_LOCAL_LOCAL_DRIVER_H_
#define JOBWARDEN_EXECUTOR_LOCAL_LOCAL_DRIVER_H_

#include <string>

#include "executor/process/stage_process.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// Where in the job's folder a script without a place of its own has its TMPDIR.
std::string TemporaryFolderIn(const std::string& job_folder);

/// Where in the job's folder the file of its StageLock is.
std::string StageLockIn(const std::string& job_folder);

/// All that it takes to run a stage's script on this machine: the shell, its clean environment, a
/// TMPDIR of its own, the script as its standard input, from memory alone; and, as `[executor]`
/// says, the user and the sandbox that were taken for the job. `environment` is ours, and `limits`
/// are what the job gets. CONFIG_INVALID, DRIVER_FAILED, STATE_UNWRITABLE.
Result<StageCommand> LocalCommand(const Secret& script, const Environment& environment,
                                  const JobLimits& limits, const Config& config,
                                  const std::string& job_folder);

/// The folders of a job on this machine.
struct LocalFolders {
  std::string builds;
  std::string cache;
  bool shared;  ///< by jobs that run at the same time
};

/// Makes the folders of jobs that have no place of their own (see HasPlaces), and says on standard
/// error what the way in which these jobs run cannot promise. STATE_UNWRITABLE.
Result<LocalFolders> TakeSharedFolders(const ExecutorSettings& settings);

/// Refuses a driver whose own user cannot give jobs the places that `[executor]` asks for: run_as
/// needs root, and a sandbox without run_as needs anybody else. CONFIG_INVALID.
Status CheckPlaceUser(const ExecutorSettings& settings);

/// Takes a place for the job, makes its folders, and sees that the job can run there.
/// REQUIRES: HasPlaces(config.executor), CheckPlaceUser.
Result<LocalFolders> TakeLocal(const std::string& shelf, const Environment& environment,
                               const Config& config, const std::string& job_folder);

/// Ends all that is left of the job, removes what was its own alone, and gives back what was taken
/// for it. What cannot be done is said on standard error.
void GiveBackLocal(const Config& config, const std::string& job_folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_LOCAL_DRIVER_H_
