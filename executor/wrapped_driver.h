#ifndef JOBWARDEN_EXECUTOR_WRAPPED_DRIVER_H_
#define JOBWARDEN_EXECUTOR_WRAPPED_DRIVER_H_

#include "executor/job_response.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"

namespace jobwarden {

// The commands of another custom executor driver, `[executor.wrap]`. Each is called as GitLab
// Runner would call it: its own arguments and then the runner's, our working folder, process group,
// standard input and environment; the exit status is passed on as it is. What it prints passes
// through our two streams. A process that it leaves running is left alone, and holds nobody up.
//
// What differs are tokens. `config`, `prepare` and `cleanup` serve the driver: they do without the
// job's id_tokens and legacy tokens, whatever the job uses, and keep the job token, with which
// drivers log in to registries. `run` does without what the stage's script does without. Variables
// (CUSTOM_ENV_NAME) go whole; JOB_RESPONSE_FILE names a copy of the job response without these
// variables, and without the values wherever else they stand. Nothing is withheld where the mode,
// or `[exposure]`, only reports.
//
// Such copies lie in a folder of their own (0700) in the job's folder, until `cleanup`. A command
// that cannot be started is DRIVER_FAILED, with its name.

/// Prints the driver's answer with ours (see WrappedConfigAnswer); its standard error is passed on.
/// Gives back the exit status.
int RunWrappedConfig(const Call& call, const Config& config);

/// To be called once the job is allowed.
Result<int> RunWrappedPrepare(const Call& call, const Config& config, const JobResponse& response,
                              const Inventory& inventory);

/// Runs a stage: the driver is given a file with the script of `stage`, named as the runner's own
/// and with its mode, which is gone when the driver has ended.
Result<int> RunWrappedScript(const Call& call, const Config& config, const JobResponse& response,
                             const StageScript& stage);

/// Runs the driver's `cleanup`, and then removes our copies. What fails is said on standard error.
void RunWrappedCleanup(const Call& call, const Config& config);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_WRAPPED_DRIVER_H_
