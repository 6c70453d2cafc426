#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/config/config.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"

namespace jobwarden {
namespace {

constexpr Choice<OnDeny> kOnDeny[] = {{"stop-job", OnDeny::kStopJob},
                                      {"fail-step", OnDeny::kFailStep},
                                      {"stop-runner", OnDeny::kStopRunner}};
constexpr Choice<StepAccess> kStepTokens[] = {{"any", StepAccess::kAny},
                                              {"named", StepAccess::kNamed},
                                              {"listed", StepAccess::kListed},
                                              {"all", StepAccess::kAll}};

constexpr Choice<bool> kGitCredentials[] = {{"keep", false}, {"strip", true}};

// The form of a step's `id:`. A step without one gets such an id from the runner (`__run_2`).
bool IsStepId(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

void ReadKeepSteps(const Field& field, GitHubSettings& github) {
  const auto steps = field.Texts(false);
  if (!steps) return;
  if (!std::all_of(steps->begin(), steps->end(), IsStepId)) {
    return field.Fail("expected ids of steps: letters, digits, _ and -",
                      "a step's `id:`, not its `name:`");
  }
  github.keep_steps = *steps;
}

void ReadContainerHooks(const Field& field, GitHubSettings& github) {
  const auto words = field.Texts(false);
  if (!words) return;
  if (!words->front().starts_with('/')) {
    return field.Fail("expected the absolute path of a container hook, and its arguments",
                      "[\"/home/runner/k8s/index.js\"]");
  }
  github.container_hooks = *words;
}

void ReadSweep(const Field& field, GitHubSettings& github) {
  const auto* word = field.node.As<std::string>();
  if (word != nullptr && *word == "remove") {
    github.sweep = SweepMode::kRemove;
  } else if (const auto* on = field.node.As<bool>()) {
    github.sweep = *on ? SweepMode::kReport : SweepMode::kOff;
  } else {
    field.Fail("expected true, false or \"remove\"");
  }
}

constexpr Key<GitHubSettings> kKeys[] = {
    {"on_deny", SetChoice<&GitHubSettings::on_deny, kOnDeny>},
    {"step_tokens", SetChoice<&GitHubSettings::step_tokens, kStepTokens>},
    {"keep_steps", ReadKeepSteps},
    {"container_hooks", ReadContainerHooks},
    {"git_credentials", SetChoice<&GitHubSettings::strip_git_credentials, kGitCredentials>},
    {"sweep", ReadSweep},
    {"shared_user", SetBool<&GitHubSettings::shared_user>},
};

}  // namespace

void ReadGitHub(const Field& field, Draft& draft) {
  ReadTable(field, "[github]", "github.", kKeys, draft.config.github);
  const Node* keep = field.node.Find("keep_steps");
  if (keep != nullptr && draft.config.github.step_tokens == StepAccess::kAll) {
    field.problems.Add(keep->place, "github.keep_steps with github.step_tokens = \"all\"",
                       "leave it out: every step may request id_tokens");
  }
}

void ListGitHubKeys(KeyPaths& paths) {
  ListKeys("github.", kKeys, paths);
}

}  // namespace jobwarden
