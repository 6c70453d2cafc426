#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"
#include "verifier/provider/job_claims.h"
#include "verifier/provider/profile.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

// Every other event, also one that is new, may be about a fork's pull request.
constexpr std::array<std::string_view, 20> kOwnEvents = {"branch_protection_rule",
                                                         "create",
                                                         "delete",
                                                         "discussion",
                                                         "discussion_comment",
                                                         "fork",
                                                         "gollum",
                                                         "issues",
                                                         "label",
                                                         "merge_group",
                                                         "milestone",
                                                         "page_build",
                                                         "public",
                                                         "push",
                                                         "registry_package",
                                                         "release",
                                                         "repository_dispatch",
                                                         "schedule",
                                                         "watch",
                                                         "workflow_dispatch"};

constexpr std::string_view kOwnFacts[] = {"head_repository", "base_repository", "workflow_ref",
                                          "actor"};

// Every server with id_tokens sends these claims: `repository_id`, `actor_id`, `workflow_ref` and
// `runner_environment` came later.
Findings CheckJobToken(const Object& claims) {
  return CheckRequired(claims, {"run_id", "run_attempt"},
                       {"repository", "ref", "sha", "event_name"},
                       "this is not an id_token of a GitHub Actions job");
}

Findings Bind(const Object& claims, const Job& job) {
  Comparison compare(claims);
  compare.SameAndThere("repository", job.repository);
  compare.SameAndThere("run_id", job.run_id);
  compare.SameAndThere("run_attempt", job.run_attempt);
  compare.Same("repository_id", job.repository_id);
  compare.Same("sha", job.sha);
  compare.Same("ref", job.ref);
  compare.Same("workflow_ref", job.workflow_ref);
  compare.Same("actor_id", job.actor_id);
  compare.Same("event_name", job.event);
  compare.Same("runner_environment", job.runner_environment);
  // A file of facts may use the names that GitLab has for the same things.
  compare.Same("repository", job.project_path);
  compare.Same("repository_id", job.project_id);
  compare.Same("actor_id", job.user_id);
  return compare.Take();
}

bool IsFork(const Object* claims, const Job& job) {
  const bool both = job.head_repository && job.base_repository;
  if (both && job.head_repository != job.base_repository) return true;
  if (job.fork) return *job.fork;
  if (both) return false;
  const auto named = ClaimText(claims, "event_name");
  const auto& event = named ? named : job.event;
  return !event || !IsOwnEvent(*event);
}

Object MakeFacts(const Object* claims, const Job& job) {
  FactList facts(claims, job);
  facts.Add("fork", IsFork(claims, job));
  facts.Add("event", "event_name", job.event);
  facts.Add("ref", "ref", job.ref);
  facts.Add("ref_type", "ref_type", job.ref_type);
  facts.Add("sha", "sha", job.sha);
  facts.Add("user_id", "actor_id", job.actor_id);
  facts.Add("project_id", "repository_id", job.repository_id);
  facts.Add("project_path", "repository", job.repository);
  facts.Add("head_repository", job.head_repository);
  facts.Add("base_repository", job.base_repository);
  facts.Add("workflow_ref", "workflow_ref", job.workflow_ref);
  facts.Add("actor", "actor", job.actor);
  return facts.Take();
}

// GitHub's servers issue tokens under urls of three kinds: github.com, GHE.com, a server of one's
// own. A slug may follow the first two.
std::string ServerUrlOf(const std::string& issuer_url) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kActions = "https://token.actions.";
  constexpr std::string_view kCloud = "githubusercontent.com";
  constexpr std::string_view kServices = "/_services/token";
  if (issuer_url.ends_with(kServices)) {
    return issuer_url.substr(0, issuer_url.size() - kServices.size());
  }
  if (!issuer_url.starts_with(kActions)) return issuer_url;
  const std::size_t begin = kActions.size();
  const std::string host = issuer_url.substr(begin, issuer_url.find('/', begin) - begin);
  return std::string(kScheme) + (host == kCloud ? "github.com" : host);
}

std::vector<std::string> LinesForAToken(const std::string& /*audience*/) {
  return {"give the job this in its workflow:", "  permissions:", "    id-token: write",
          "    contents: read"};
}

}  // namespace

bool IsOwnEvent(std::string_view event) {
  return std::find(kOwnEvents.begin(), kOwnEvents.end(), event) != kOwnEvents.end();
}

const ProviderProfile kGitHubProfile = {.provider = Provider::kGitHub,
                                        .name = "github",
                                        .requests_id_tokens = true,
                                        .own_facts = kOwnFacts,
                                        .check_job_token = CheckJobToken,
                                        .bind = Bind,
                                        .is_fork = IsFork,
                                        .make_facts = MakeFacts,
                                        .server_url = ServerUrlOf,
                                        .lines_for_a_token = LinesForAToken};

}  // namespace jobwarden
