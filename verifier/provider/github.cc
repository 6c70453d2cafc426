#include <algorithm>
#include <array>

#include "verifier/provider/profile.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

// Any other, one that is new to us included, can be about a fork's pull request.
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

}  // namespace

bool IsOwnEvent(std::string_view event) {
  return std::find(kOwnEvents.begin(), kOwnEvents.end(), event) != kOwnEvents.end();
}

// What every server has put into its id_tokens since there are any: `repository_id`, `actor_id`,
// `workflow_ref` and `runner_environment` came later.
Findings CheckJobTokenGitHub(const Object& claims) {
  return CheckRequired(claims, {"run_id", "run_attempt"},
                       {"repository", "ref", "sha", "event_name"},
                       "this is no id_token of a GitHub Actions job");
}

Findings BindGitHub(const Object& claims, const Job& job) {
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
  // What GitLab calls by other names, should the job have come with those.
  compare.Same("repository", job.project_path);
  compare.Same("repository_id", job.project_id);
  compare.Same("actor_id", job.user_id);
  return compare.Take();
}

bool IsForkGitHub(const Object* claims, const Job& job) {
  const bool both = job.head_repository && job.base_repository;
  if (both && job.head_repository != job.base_repository) return true;
  if (job.fork) return *job.fork;
  if (both) return false;
  const auto named = ClaimText(claims, "event_name");
  const auto& event = named ? named : job.event;
  return !event || !IsOwnEvent(*event);
}

Object MakeFactsGitHub(const Object* claims, const Job& job) {
  FactList facts(claims, job);
  facts.Add("fork", IsForkGitHub(claims, job));
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

}  // namespace jobwarden
