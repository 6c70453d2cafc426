#include "hooks/step/step_decision.h"

#include <algorithm>

#include "hooks/step/words.h"

namespace jobwarden {

TokenUse DecideStep(const StepSettings& settings, std::string_view step_id, const StepCall& call) {
  if (settings.step_tokens == StepTokens::kAll) return TokenUse::kNamed;
  const auto& kept = settings.keep_steps;
  if (!step_id.empty() && std::find(kept.begin(), kept.end(), step_id) != kept.end()) {
    return TokenUse::kNamed;
  }
  if (settings.step_tokens == StepTokens::kListed) return TokenUse::kNone;
  if (call.is_action) return TokenUse::kNamed;
  std::vector<std::string> consumers = kTokenConsumers;
  consumers.insert(consumers.end(), settings.consumers.begin(), settings.consumers.end());
  return FindTokenUse(call, consumers);
}

}  // namespace jobwarden
