#ifndef JOBWARDEN_EXECUTOR_JOB_INPUT_H_
#define JOBWARDEN_EXECUTOR_JOB_INPUT_H_

#include <string>
#include <string_view>
#include <vector>

#include "executor/received/job_response.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// The folder that GitLab Runner made for this job alone (`TMPDIR`). DRIVER_FAILED when it named
/// none.
Result<std::string> JobFolder(const Environment& environment);

/// The job as GitLab Runner received it (`JOB_RESPONSE_FILE`). JOB_UNREADABLE.
Result<JobResponse> ReadJobResponse(const Environment& environment);

/// The tokens in `variables`, and in those that GitLab Runner hands over in the environment
/// (`CUSTOM_ENV_NAME`): with what it expanded in them, and with what it got for `secrets:`.
/// JOB_UNREADABLE when they are too many: see CheckTokenCount.
Result<Inventory> TakeJobInventory(const std::vector<Variable>& variables,
                                   const JobResponse& response, const Environment& environment,
                                   const Config& config);

/// Whether a feature flag of GitLab Runner is on for this job, by the variable of its name and in
/// the spellings that the runner reads.
bool FeatureIsOn(const Environment& environment, std::string_view name);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_JOB_INPUT_H_
