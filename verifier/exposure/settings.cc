#include "verifier/exposure/settings.h"

#include <algorithm>

#include "verifier/consumers/consumer_list.h"

namespace jobwarden {

Consumers KnownConsumers() {
  return BuiltInConsumers().ByVariable();
}

const ExposureRule* FirstRuleFor(std::string_view name, std::span<const ExposureRule> rules) {
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const ExposureRule& each) {
    return each.variable.Matches(name);
  });
  return rule == rules.end() ? nullptr : &*rule;
}

}  // namespace jobwarden
