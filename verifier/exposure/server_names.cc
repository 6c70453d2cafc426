#include "verifier/exposure/server_names.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace jobwarden {
namespace {

// CI_BUILD_TOKEN and CI_BUILD_REPO are older servers' names.
constexpr std::string_view kOfJobToken[] = {
    "CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD", "CI_REPOSITORY_URL", "CI_DEPENDENCY_PROXY_PASSWORD",
    "KUBECONFIG",   "CI_BUILD_TOKEN",       "CI_BUILD_REPO"};

constexpr std::string_view kLegacy[] = {"CI_JOB_JWT", "CI_JOB_JWT_V1", "CI_JOB_JWT_V2"};

constexpr std::string_view kOfGoogle[] = {"GOOGLE_APPLICATION_CREDENTIALS",
                                          "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE"};

constexpr std::string_view kTextPrefixes[] = {
    "CI_COMMIT_",     "CI_ENVIRONMENT_",   "CI_EXTERNAL_PULL_REQUEST_",
    "CI_JOB_",        "CI_MERGE_REQUEST_", "CI_PIPELINE_",
    "CI_PROJECT_",    "CI_RUNNER_",        "GITLAB_USER_",
    "TRIGGER_PAYLOAD"};

template <std::size_t N>
bool IsOneOf(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

bool IsServersNameOfJobToken(std::string_view name) {
  return IsOneOf(name, kOfJobToken);
}

bool IsLegacyName(std::string_view name) {
  return IsOneOf(name, kLegacy);
}

bool IsReadUnnamed(std::string_view name) {
  return IsOneOf(name, kOfGoogle);
}

bool IsServersName(std::string_view name) {
  return IsServersNameOfJobToken(name) || IsLegacyName(name) || IsReadUnnamed(name);
}

bool IsServersText(std::string_view name) {
  return std::any_of(std::begin(kTextPrefixes), std::end(kTextPrefixes),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace jobwarden
