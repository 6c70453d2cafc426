#ifndef JOBWARDEN_HOOKS_STEP_STEP_DECISION_H_
#define JOBWARDEN_HOOKS_STEP_STEP_DECISION_H_

#include <string>
#include <string_view>
#include <vector>

#include "hooks/step/token_use.h"

namespace jobwarden {

/// Which steps may request id_tokens.
enum class StepTokens {
  kAll,     ///< all steps
  kAny,     ///< all steps, through the token broker; where it is not reached, as kNamed
  kNamed,   ///< steps whose script, or a file that the script names, names the request variables
  kListed,  ///< only `keep_steps`
};

/// The administrator's settings for steps: `[github]` and `[exposure.consumers]`.
struct StepSettings {
  StepTokens step_tokens = StepTokens::kAny;
  std::vector<std::string> keep_steps;  ///< ids (GITHUB_ACTION) of steps that keep the variables
  /// Commands that read the request variables by themselves, besides those of the list: one word,
  /// or several words with one blank between them (`npm publish`).
  std::vector<std::string> consumers;
  /// The text of a consumer list that replaces the one that is compiled in; empty: none does.
  std::string list;
};

/// Whether a step keeps the variables that request id_tokens. The step guard and the container hook
/// both ask this function. kNone: the step loses them. `step_id` is GITHUB_ACTION, empty if the
/// runner did not set it.
TokenUse DecideStep(const StepSettings& settings, std::string_view step_id, const StepCall& call);

/// Whether a step may call git against a server, by the same rules: it names git, or what starts
/// git, or could not be followed. A step of `keep_steps` may, too.
bool MayCallGit(const StepSettings& settings, std::string_view step_id, const StepCall& call);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_STEP_DECISION_H_
