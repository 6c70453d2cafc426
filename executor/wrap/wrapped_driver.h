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
#include "verifier/os/environment.h"

namespace jobwarden {

// The commands of another custom executor driver, `[executor.wrap]`. Each is called as GitLab
// Runner would call it: its own arguments and then the runner's, our working folder, process group,
// standard input and environment; the exit status is passed on as it is. What it prints passes
// through our two streams. A process that the command leaves running lives on, and delays no stage.
//
// Tokens are what differs. `config`, `prepare` and `cleanup` serve the driver: they lose the job's
// id_tokens and legacy tokens, whatever the job uses, and keep the job token, because drivers log
// in to registries with it. `run` loses what the stage's script loses. A variable (CUSTOM_ENV_NAME)
// goes as a whole. JOB_RESPONSE_FILE names a copy of the job response that lacks these variables,
// and lacks their values wherever else they appear. The driver gets everything where the mode, or
// `[exposure]`, only reports.
//
// Such copies lie in a folder of their own (0700) in the job's folder, until `cleanup`. A command
// that cannot be started is DRIVER_FAILED, with its name.

/// One call of GitLab Runner that is handed on to the driver.
struct DriverCall {
  const Config& config;
  const Environment& environment;  ///< ours, as GitLab Runner made it
  JobLimits limits;
  std::string job_folder;
  const JobResponse* response;  ///< null: it cannot be read, and the driver gets none
  const Inventory* inventory;   ///< null: the response cannot be read, and so not its tokens
  MaskMaker masked;             ///< what the driver's outputs are not to show
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
/// the runner's own and with its mode, which is gone when the driver has ended. Null: the driver is
/// given the runner's own file.
/// REQUIRES: response and inventory, unless nothing is dropped.
Result<int> RunWrappedScript(const DriverCall& call, const StageFile& stage, const Secret* script,
                             std::set<std::string> dropped);

/// Runs the driver's `cleanup`, and removes our copies. A job response that cannot be read does not
/// matter: the driver must take down what it set up.
Result<int> RunWrappedCleanup(const DriverCall& call);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_WRAP_WRAPPED_DRIVER_H_
