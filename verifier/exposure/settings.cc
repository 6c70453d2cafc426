#include "verifier/exposure/settings.h"

#include <algorithm>

namespace jobwarden {

Consumers KnownConsumers() {
  return {
      {"ARM_OIDC_TOKEN", {"terraform", "tofu", "terragrunt"}},
      {"AWS_WEB_IDENTITY_TOKEN_FILE", {"aws", "terraform", "tofu", "terragrunt", "sam", "cdk"}},
      {"CI_JOB_TOKEN", {"release-cli", "glab", "gitlab-terraform", "gitlab-tofu"}},
      {"CI_REGISTRY_PASSWORD", {"gtcs"}},
      {"COMPOSER_AUTH", {"composer"}},
      {"DOCKER_AUTH_CONFIG", {"docker"}},
      {"GITLAB_TOKEN", {"glab", "semantic-release", "goreleaser", "terraform", "tofu"}},
      {"GOPROXY", {"go"}},
      {"NPM_ID_TOKEN", {"npm", "pnpm"}},
      {"PIP_EXTRA_INDEX_URL", {"pip", "pip3"}},
      {"PIP_INDEX_URL", {"pip", "pip3"}},
      {"PYPI_ID_TOKEN", {"twine", "uv", "id"}},
      {"SIGSTORE_ID_TOKEN", {"cosign", "gitsign", "npm", "pnpm"}},
      {"TF_HTTP_PASSWORD", {"terraform", "tofu", "terragrunt", "gitlab-terraform", "gitlab-tofu"}},
      {"TF_PASSWORD", {"gitlab-terraform", "gitlab-tofu"}},
      {"TWINE_PASSWORD", {"twine"}},
      {"UV_PUBLISH_PASSWORD", {"uv"}},
      {"UV_PUBLISH_TOKEN", {"uv"}},
      {"VAULT_TOKEN", {"vault"}},
  };
}

const ExposureRule* FirstRuleFor(std::string_view name, std::span<const ExposureRule> rules) {
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const ExposureRule& each) {
    return each.variable.Matches(name);
  });
  return rule == rules.end() ? nullptr : &*rule;
}

}  // namespace jobwarden
