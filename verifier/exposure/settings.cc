#include "verifier/exposure/settings.h"

#include <algorithm>

namespace jobwarden {

Consumers KnownConsumers() {
  return {
      {"NPM_ID_TOKEN", {"npm", "pnpm"}},
      {"PYPI_ID_TOKEN", {"twine", "uv", "id"}},
      {"SIGSTORE_ID_TOKEN", {"cosign", "gitsign", "npm", "pnpm"}},
  };
}

const ExposureRule* FirstRuleFor(std::string_view name, std::span<const ExposureRule> rules) {
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const ExposureRule& each) {
    return each.variable.Matches(name);
  });
  return rule == rules.end() ? nullptr : &*rule;
}

}  // namespace jobwarden
