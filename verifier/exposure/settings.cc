#include "verifier/exposure/settings.h"

#include <algorithm>

namespace jobwarden {

Consumers KnownConsumers() {
  return {
      {"ARM_OIDC_TOKEN", {"terraform", "tofu", "terragrunt"}},
      {"AWS_WEB_IDENTITY_TOKEN_FILE", {"aws", "terraform", "tofu", "terragrunt", "sam", "cdk"}},
      {"BUNDLE_*", {"bundle", "bundler"}},
      {"CARGO_REGISTRIES_*", {"cargo"}},
      {"CARGO_REGISTRY_TOKEN", {"cargo"}},
      {"CI_JOB_TOKEN", {"release-cli", "glab", "gitlab-terraform", "gitlab-tofu"}},
      {"CI_REGISTRY_PASSWORD", {"gtcs"}},
      {"COMPOSER_AUTH", {"composer"}},
      {"CONAN_PASSWORD*", {"conan"}},
      {"DOCKER_AUTH_CONFIG", {"docker"}},
      {"GITLAB_TOKEN", {"glab", "semantic-release", "goreleaser", "terraform", "tofu"}},
      {"GOPROXY", {"go"}},
      {"NPM_CONFIG_*", {"npm", "pnpm"}},
      {"NPM_ID_TOKEN", {"npm", "pnpm"}},
      {"PIP_EXTRA_INDEX_URL", {"pip", "pip3"}},
      {"PIP_INDEX_URL", {"pip", "pip3"}},
      {"POETRY_*", {"poetry"}},
      {"PYPI_ID_TOKEN", {"twine", "uv", "id"}},
      {"SIGSTORE_ID_TOKEN", {"cosign", "gitsign", "npm", "pnpm"}},
      {"TF_HTTP_PASSWORD", {"terraform", "tofu", "terragrunt", "gitlab-terraform", "gitlab-tofu"}},
      {"TF_PASSWORD", {"gitlab-terraform", "gitlab-tofu"}},
      {"TF_TOKEN_*", {"terraform", "tofu", "terragrunt", "gitlab-terraform", "gitlab-tofu"}},
      {"TF_VAR_*", {"terraform", "tofu", "terragrunt", "gitlab-terraform", "gitlab-tofu"}},
      {"TWINE_PASSWORD", {"twine"}},
      {"UV_*", {"uv"}},
      {"VAULT_TOKEN", {"vault"}},
      {"YARN_NPM_*", {"yarn"}},
      {"npm_config_*", {"npm", "pnpm"}},
  };
}

const ExposureRule* FirstRuleFor(std::string_view name, std::span<const ExposureRule> rules) {
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const ExposureRule& each) {
    return each.variable.Matches(name);
  });
  return rule == rules.end() ? nullptr : &*rule;
}

}  // namespace jobwarden
