#include "hooks/step/step_decision.h"

#include <algorithm>
#include <variant>

namespace jobwarden {

TokenUse DecideStep(const StepSettings& settings, std::string_view step_id, const StepCall& call) {
  if (settings.step_tokens == StepTokens::kAll) return TokenUse::kNamed;
  const auto& kept = settings.keep_steps;
  if (!step_id.empty() && std::find(kept.begin(), kept.end(), step_id) != kept.end()) {
    return TokenUse::kNamed;
  }
  if (settings.step_tokens == StepTokens::kListed) return TokenUse::kNone;
  if (call.is_action) return TokenUse::kNamed;
  if (!settings.list.empty()) {
    // Where the list came from, it was a good one.
    const auto list = ParseConsumerList(settings.list);
    if (list.index() != 0) return TokenUse::kUnknown;
    return FindTokenUse(call, std::get<0>(list), settings.consumers);
  }
  return FindTokenUse(call, BuiltInConsumers(), settings.consumers);
}

}  // namespace jobwarden
