#include "hooks/step/step_decision.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace jobwarden {

namespace {

bool IsKept(const StepSettings& settings, std::string_view step_id) {
  const auto& kept = settings.keep_steps;
  return !step_id.empty() && std::find(kept.begin(), kept.end(), step_id) != kept.end();
}

// Where a list of the administrator came from, it was a good one.
std::optional<ConsumerList> OwnList(const StepSettings& settings) {
  if (settings.list.empty()) return std::nullopt;
  auto list = ParseAcceptedList(settings.list);
  return list.index() == 0 ? std::optional(std::get<0>(std::move(list))) : std::nullopt;
}

}  // namespace

TokenUse DecideStep(const StepSettings& settings, std::string_view step_id, const StepCall& call) {
  if (settings.step_tokens == StepTokens::kAll) return TokenUse::kNamed;
  if (IsKept(settings, step_id)) return TokenUse::kNamed;
  if (settings.step_tokens == StepTokens::kListed) return TokenUse::kNone;
  if (call.is_action) return TokenUse::kNamed;
  const auto own = OwnList(settings);
  return FindTokenUse(call, own ? *own : BuiltInConsumers(), settings.consumers);
}

bool MayCallGit(const StepSettings& settings, std::string_view step_id, const StepCall& call) {
  if (IsKept(settings, step_id) || call.is_action) return true;
  const auto own = OwnList(settings);
  ConsumerList git;
  for (std::string_view line : (own ? *own : BuiltInConsumers()).git) {
    while (!line.empty()) git.commands.push_back(TakeCommand(line));
  }
  return FindTokenUse(call, git, {}, {.variables = false}) != TokenUse::kNone;
}

}  // namespace jobwarden
