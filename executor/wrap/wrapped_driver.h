#ifndef JOBWARDEN_EXECUTOR_WRAP_WRAPPED_DRIVER_H_
#define JOBWARDEN_EXECUTOR_WRAP_WRAPPED_DRIVER_H_

#include <set>
#include <string>

#include "executor/process/stage_process.h"
#include "executor/received/job_response.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/mask/masker.h"
#include "verifier/os/environment.h"

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

/// One call of GitLab Runner that is handed on to the driver.
struct DriverCall {
  const Config& config;
  const Environment& environment;  ///< ours, as GitLab Runner made it
  JobLimits limits;
  std::string job_folder;
  const JobResponse* response;  ///< null: nobody could read it, and the driver gets none
  const Inventory* inventory;   ///< null: of a response that nobody could read
  const MaskSet* masked;        ///< what the driver's outputs are not to show; null: nothing
};

// Each returns the driver's exit status; 0 where the driver has no such command.

/// Prints the driver's answer with ours (see WrappedConfigAnswer); its standard error is passed on.
Result<int> RunWrappedConfig(const DriverCall& call);

/// To be called once the job is allowed.
Result<int> RunWrappedPrepare(const DriverCall& call);

/// The script that GitLab Runner generated for a stage: its file, and the stage's name.
struct StageFile {
  std::string script;
  std::string name;
};

/// Runs a stage without the variables `dropped`: the driver is given a file with `script`, named as
/// the runner's own and with its mode, which is gone when the driver has ended.
/// REQUIRES: response and inventory.
Result<int> RunWrappedScript(const DriverCall& call, const StageFile& stage, const Secret& script,
                             std::set<std::string> dropped);

/// Runs the driver's `cleanup`, whatever became of the job response, for the driver is to take down
/// what it set up; and then removes our copies.
Result<int> RunWrappedCleanup(const DriverCall& call);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_WRAP_WRAPPED_DRIVER_H_
