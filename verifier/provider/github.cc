#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/provider/github_events.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"
#include "verifier/provider/job_claims.h"
#include "verifier/provider/profile.h"
#include "verifier/provider/repository.h"

namespace jobwarden {
namespace {

constexpr std::string_view kOwnFacts[] = {"head_repository", "base_repository", "workflow_ref",
                                          "actor"};

constexpr std::string_view kOwnClaims[] = {"actor",
                                           "actor_id",
                                           "base_ref",
                                           "head_ref",
                                           "check_run_id",
                                           "enterprise",
                                           "enterprise_id",
                                           "environment",
                                           "environment_node_id",
                                           "event_name",
                                           "job_workflow_ref",
                                           "job_workflow_sha",
                                           "ref",
                                           "ref_type",
                                           "ref_protected",
                                           "sha",
                                           "repository",
                                           "repository_id",
                                           "repository_owner",
                                           "repository_owner_id",
                                           "repository_visibility",
                                           "run_id",
                                           "run_number",
                                           "run_attempt",
                                           "runner_environment",
                                           "workflow",
                                           "workflow_ref",
                                           "workflow_sha",
                                           "repo_property_"};

bool IsPersonal(std::string_view claim) {
  return claim == "actor" || claim.starts_with("actor_") || claim.ends_with("_actor");
}

// Every server with id_tokens sends these claims: `repository_id`, `actor_id`, `workflow_ref` and
// `runner_environment` came later. `ref` is empty in a deployment of a commit.
Findings CheckJobToken(const Object& claims) {
  return CheckRequired(claims, {"run_id", "run_attempt"}, {"repository", "sha", "event_name"},
                       "this is not an id_token of a GitHub Actions job", {"ref"});
}

bool Agree(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return a && b && *a == *b;
}

// What a job may honestly have otherwise than its token, for example after it was run again by
// somebody else. A token that was requested for this job just now is this job's if ids of
// repository, run and attempt agree; then these differences are only told. Rules see the token's
// words.
Findings BindDetails(const Object& claims, const Job& job, TokenOrigin origin) {
  Comparison compare(claims);
  compare.Same("sha", job.sha);
  compare.Same("workflow_ref", job.workflow_ref);
  compare.Same("actor_id", job.actor_id);
  compare.Same("event_name", job.event);
  // A file of facts may use the name that GitLab has for the same thing.
  compare.Same("actor_id", job.user_id);
  Findings findings = compare.Take();
  const bool same_job = origin == TokenOrigin::kRequested &&
                        Agree(ClaimText(&claims, "repository_id"), job.repository_id) &&
                        Agree(ClaimText(&claims, "run_id"), job.run_id) &&
                        Agree(ClaimText(&claims, "run_attempt"), job.run_attempt);
  if (!same_job) return findings;
  for (Finding& finding : findings) {
    finding.hint =
        "a warning, because the token is this job's by repository, run and attempt; the rules see "
        "what the token says";
  }
  return AsWarnings(std::move(findings));
}

Findings Bind(const Object& claims, const Job& job, TokenOrigin origin) {
  Comparison compare(claims);
  compare.SameAndThere("run_id", job.run_id);
  compare.SameAndThere("run_attempt", job.run_attempt);
  // A file of facts may use the names that GitLab has for the same things.
  const auto& id = job.repository_id ? job.repository_id : job.project_id;
  const auto& name = job.repository ? job.repository : job.project_path;
  if (id && ClaimText(&claims, "repository_id")) {
    compare.Same("repository_id", id);
  } else {
    compare.SameRepositoryAndThere("repository", name);
  }
  compare.Same("ref", job.ref);
  compare.Same("runner_environment", job.runner_environment);
  Findings findings = compare.Take();
  Append(findings, BindDetails(claims, job, origin));
  return findings;
}

bool IsFork(const Object* claims, const Job& job, const OwnEvents& said) {
  // Token and runner should name one event. If they do not, neither clears the job alone.
  std::vector<std::string> events;
  for (const auto& event : {ClaimText(claims, "event_name"), job.event}) {
    if (event) events.push_back(*event);
  }
  const auto all = [&](const auto& is) {
    return !events.empty() && std::all_of(events.begin(), events.end(), is);
  };
  const auto is_said = [&said](bool own) {
    return [&said, own](const std::string& event) {
      const auto at = said.find(event);
      return at != said.end() && at->second == own;
    };
  };
  if (all(is_said(true))) return false;
  if (std::any_of(events.begin(), events.end(), is_said(false))) return true;
  const Repository head{job.head_repository_id, job.head_repository};
  const Repository base{job.base_repository_id, job.base_repository};
  const bool both = (head.id || head.name) && (base.id || base.name);
  if (both && !SameRepository(head, base)) return true;
  // Of other runs than a pull request's, the head repository is the base, whoever owns the branch
  // that they built.
  if (job.event_before && *job.event_before != "pull_request" &&
      !IsOwnEvent(*job.event_before, said)) {
    return true;
  }
  if (job.fork) return *job.fork;
  return !both && !all([&](const std::string& event) { return IsOwnEvent(event, said); });
}

Object MakeFacts(const Object* claims, const Job& job, const OwnEvents& own_events) {
  FactList facts(claims, job);
  facts.Add("fork", IsFork(claims, job, own_events));
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

const ProviderProfile kGitHubProfile = {.provider = Provider::kGitHub,
                                        .name = "github",
                                        .requests_id_tokens = true,
                                        .own_facts = kOwnFacts,
                                        .own_claims = kOwnClaims,
                                        .list_claims = {},
                                        .is_personal_claim = IsPersonal,
                                        .check_job_token = CheckJobToken,
                                        .bind = Bind,
                                        .is_fork = IsFork,
                                        .make_facts = MakeFacts,
                                        .server_url = ServerUrlOf,
                                        .lines_for_a_token = LinesForAToken};

}  // namespace jobwarden
