// Any bytes as GitLab Runner's config.toml and as GitHub's .env: what is wired is wired once, and
// no byte goes but those that the edits name.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "verifier/wiring/github_env.h"
#include "verifier/wiring/gitlab_config.h"

namespace {

void Demand(bool holds) {
  if (!holds) std::abort();
}

/// Each edit is within the text, after the one before, and takes only the value of a key.
void CheckEdits(const std::string& text, const jobwarden::Wiring& wiring) {
  std::size_t at = 0;
  for (const jobwarden::Edit& edit : wiring.edits) {
    Demand(edit.offset >= at && edit.offset + edit.length <= text.size());
    at = edit.offset + edit.length;
    const bool line_begins =
        edit.offset == 0 || edit.offset == text.size() || text[edit.offset - 1] == '\n';
    Demand(edit.length > 0 || line_begins);
  }
}

void CheckGitLab(const std::string& text, bool replace) {
  const auto runners = jobwarden::GitLabRunners("c", text);
  if (!runners) return;
  for (std::size_t i = 0; i < runners->size(); ++i) {
    const auto wiring = jobwarden::WireGitLabRunner("c", text, i, {"/opt/d", ""}, replace);
    if (!wiring) continue;
    CheckEdits(text, *wiring);
    const std::string after = jobwarden::Apply(text, wiring->edits);
    const auto again = jobwarden::WireGitLabRunner("c", after, i, {"/opt/d", ""}, false);
    Demand(again && again->edits.empty());
    // The other runners are as they were.
    const auto all = jobwarden::GitLabRunners("c", after);
    Demand(all && all->size() == runners->size());
    for (std::size_t other = 0; other < all->size(); ++other) {
      Demand((*all)[other].name == (*runners)[other].name);
      Demand((*all)[other].executor == (other == i ? "custom" : (*runners)[other].executor));
    }
    Demand(!jobwarden::DiffText("c", text, wiring->edits).empty());
  }
}

void CheckGitHub(const std::string& text, bool replace) {
  const auto wiring = jobwarden::WireGitHubEnv("e", text, "/opt/j", replace);
  if (!wiring) return;
  CheckEdits(text, *wiring);
  const std::string after = jobwarden::Apply(text, wiring->edits);
  const auto again = jobwarden::WireGitHubEnv("e", after, "/opt/j", false);
  Demand(again && again->edits.empty());
  Demand(!jobwarden::DiffText("e", text, wiring->edits).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool replace = (data[0] & 1) != 0;
  CheckGitLab(text, replace);
  CheckGitHub(text, replace);
  return 0;
}
