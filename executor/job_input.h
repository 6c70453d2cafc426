#ifndef JOBWARDEN_EXECUTOR_JOB_INPUT_H_
#define JOBWARDEN_EXECUTOR_JOB_INPUT_H_

#include <optional>
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

/// The tokens in `variables`, and in the variables of the environment (`CUSTOM_ENV_NAME`), which
/// hold what GitLab Runner expanded, and what the runner got for `secrets:`. There may be too many
/// tokens: see CheckTokenCount.
Inventory TakeJobInventory(const std::vector<Variable>& variables, const JobResponse& response,
                           const Environment& environment, const Config& config);

/// The tokens of a job whose response cannot be read. The job token is the one in the environment,
/// and the values of `secrets:` are not known as such.
Inventory TakeJobInventory(const std::vector<Variable>& variables, const Environment& environment,
                           const Config& config);

/// The job as far as it can be read, and what is wrong with it.
struct ReceivedJob {
  std::optional<JobResponse> response;
  Inventory inventory;  ///< at most kMaxTokens
  Findings problems;    ///< JOB_UNREADABLE: there is no response, or it has too many tokens
};

/// Reads the job response, and takes the inventory of its variables and of the environment.
ReceivedJob ReceiveJob(const Environment& environment, const Config& config);

/// Cuts the inventory to kMaxTokens; the finding of CheckTokenCount where there are more.
Status LimitTokens(Inventory& inventory);

/// The job's variables whose values are text of the job, as the environment has them: see
/// TextVariables in plan.h. The views live as long as `environment`.
std::vector<VariableView> JobTexts(const Environment& environment, const Inventory& inventory);

/// Whether a feature flag of GitLab Runner is on for this job, by the variable of its name and in
/// the spellings that the runner reads.
bool FeatureIsOn(const Environment& environment, std::string_view name);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_JOB_INPUT_H_
