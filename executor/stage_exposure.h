#ifndef JOBWARDEN_EXECUTOR_STAGE_EXPOSURE_H_
#define JOBWARDEN_EXECUTOR_STAGE_EXPOSURE_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "executor/received/job_response.h"
#include "executor/stage.h"
#include "verifier/admission/record.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/exposure/plan.h"

namespace jobwarden {

/// A stage's script as the job gets it, and the tokens that it came with.
struct StageScript {
  Secret script;
  Inventory inventory;            ///< of the script as the runner wrote it; what is to be masked
  std::set<std::string> dropped;  ///< the names that were taken out
  /// The names of the tokens that are gone under all their names: see NoteOwnStage. Absent where
  /// nothing may be taken out.
  std::optional<std::set<std::string>> without;
  /// The checkout whose git configuration is to lose the job token before the script runs.
  std::optional<std::string> strip_git_of;
};

/// What `commands` of this call use, as far as the job's settings tell: what JOBWARDEN_KEEP lists,
/// who made them, how git gets its password. The views live as long as `call`.
StageUse UseOf(std::string_view commands, const Call& call, const Config& config);

/// Takes out of a generated script the tokens that its stage does not use, and those of a
/// configured issuer that the verdict does not know; says the latter on standard error.
/// SCRIPT_UNREADABLE, JOB_UNREADABLE. REQUIRES: tokens are taken out of this job (see Strips).
Result<StageScript> ExposeStage(const Secret& received, const Call& call, const Config& config,
                                const JobResponse& response, const Record& verdict);

/// What a stage's output must not show: its tokens, stripped ones too (see ValuesToMask), the JWTs
/// of the configured issuers, and ProxyPasswords. Absent where `mask_output` is off. Does not own
/// its arguments.
MaskMaker OutputMask(const Inventory& inventory, const Config& config,
                     const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_STAGE_EXPOSURE_H_
