#include "hooks/github/step_settings.h"

#include <string>
#include <string_view>

#include "hooks/step/words.h"

namespace jobwarden {
namespace {

StepTokens StepTokensOf(StepAccess access) {
  switch (access) {
    case StepAccess::kAll:
      return StepTokens::kAll;
    case StepAccess::kListed:
      return StepTokens::kListed;
    case StepAccess::kNamed:
      return StepTokens::kNamed;
    case StepAccess::kAny:
      break;
  }
  return StepTokens::kAny;
}

}  // namespace

StepSettings StepSettingsOf(const Config& config) {
  StepSettings settings;
  settings.step_tokens = StepTokensOf(config.github.step_tokens);
  settings.keep_steps = config.github.keep_steps;
  for (const std::string_view variable : kRequestVariables) {
    const auto commands = config.exposure.consumers.find(std::string(variable));
    if (commands == config.exposure.consumers.end()) continue;
    settings.consumers.insert(settings.consumers.end(), commands->second.begin(),
                              commands->second.end());
  }
  settings.list = config.consumer_list;
  return settings;
}

}  // namespace jobwarden
