#ifndef JOBWARDEN_HOOKS_STEP_STEP_DECISION_H_
#define JOBWARDEN_HOOKS_STEP_STEP_DECISION_H_

#include <string>
#include <string_view>
#include <vector>

#include "hooks/step/token_use.h"

namespace jobwarden {

/// Which steps may request id_tokens.
enum class StepTokens {
  kAll,     ///< each
  kNamed,   ///< those whose script, or a file that the script names, names the request variables
  kListed,  ///< `keep_steps` alone
};

/// What an administrator says about steps: `[github]` and `[exposure.consumers]`.
struct StepSettings {
  StepTokens step_tokens = StepTokens::kNamed;
  std::vector<std::string> keep_steps;  ///< step ids (GITHUB_ACTION) that keep the variables
  /// Commands that read the request variables by themselves, besides kTokenConsumers: a word, or
  /// words that follow one another (`npm publish`).
  std::vector<std::string> consumers;
};

/// Whether a step keeps the variables that request id_tokens: the one decision of the step guard
/// and of the container hook. kNone: it loses them. `step_id` is GITHUB_ACTION, empty where the
/// runner told none.
TokenUse DecideStep(const StepSettings& settings, std::string_view step_id, const StepCall& call);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_STEP_DECISION_H_
