#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"
#include "verifier/provider/job_claims.h"
#include "verifier/provider/profile.h"

namespace jobwarden {
namespace {

constexpr std::string_view kOwnClaims[] = {"project_id",
                                           "project_path",
                                           "namespace_id",
                                           "namespace_path",
                                           "job_project_id",
                                           "job_project_path",
                                           "job_namespace_id",
                                           "job_namespace_path",
                                           "source_project_id",
                                           "source_project_path",
                                           "source_namespace_id",
                                           "source_namespace_path",
                                           "user_id",
                                           "user_login",
                                           "user_email",
                                           "user_access_level",
                                           "user_identities",
                                           "groups_direct",
                                           "pipeline_id",
                                           "pipeline_source",
                                           "job_id",
                                           "job_source",
                                           "job_config",
                                           "ref",
                                           "ref_type",
                                           "ref_path",
                                           "ref_protected",
                                           "sha",
                                           "runner_id",
                                           "runner_environment",
                                           "project_visibility",
                                           "ci_config_ref_uri",
                                           "ci_config_sha",
                                           "environment",
                                           "environment_protected",
                                           "deployment_tier",
                                           "environment_action",
                                           "target_audience"};
constexpr std::string_view kListClaims[] = {"groups_direct", "user_identities", "job_config",
                                            "target_audience"};

// The user's claims begin so, also those that later servers add. The level is a role; it names
// nobody.
bool IsPersonal(std::string_view claim) {
  return claim == "groups_direct" || (claim.starts_with("user_") && claim != "user_access_level");
}

bool Differ(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return a && b && *a != *b;
}

bool Agree(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return a && b && *a == *b;
}

// The job's ref as the token has it. In a merge request pipeline git has the merge request's own
// ref, and the token has the source branch.
const std::optional<std::string>& RefInToken(const Job& job) {
  const bool merge_request = job.ref && job.ref->starts_with("refs/merge-requests/");
  return merge_request ? job.merge_request_source_branch : job.ref;
}

// The id of the project where the job runs. The token decides; if the runner has another id, that
// is a mismatch, and not a fork.
std::optional<std::string> RunsIn(const Object* claims, const Job& job) {
  auto id = ClaimText(claims, "job_project_id");
  if (!id) id = job.project_id;
  return id ? id : ClaimText(claims, "project_id");
}

// Every server since 15.7, the first with id_tokens, sends these claims. `sha` and `runner_id` came
// with 16.0, `job_project_id` with 18.4.
Findings CheckJobToken(const Object& claims) {
  return CheckRequired(
      claims, {"job_id", "pipeline_id", "project_id"}, {"project_path", "ref", "ref_type"},
      "this is not an id_token of a CI job: GitLab signs its login tokens with keys of "
      "the same set");
}

// A job finds its id_tokens in its variables, which it may have from anywhere. So `origin` says
// nothing here.
Findings Bind(const Object& claims, const Job& job, TokenOrigin /*origin*/) {
  Comparison compare(claims);
  compare.SameAndThere("job_id", job.job_id);
  compare.Same("pipeline_id", job.pipeline_id);
  compare.Same("runner_id", job.runner_id);
  compare.Same("user_id", job.user_id);
  compare.Same("sha", job.sha);
  compare.Same("ref_type", job.ref_type);
  compare.Same("ref", RefInToken(job));

  const auto text = [&claims](std::string_view name) { return ClaimText(&claims, name); };
  if (text("job_project_id")) {
    compare.Same("job_project_id", job.project_id);
    compare.Same("job_project_path", job.project_path);
    return compare.Take();
  }
  // For a fork's merge request, servers from 18.2.2 to 18.3 name the fork in project_*, and no
  // claim says in which project the job runs. Job, pipeline and commit still show that the token is
  // this job's, so another project is the fork.
  const bool same_job = Agree(text("job_id"), job.job_id) &&
                        Agree(text("pipeline_id"), job.pipeline_id) && Agree(text("sha"), job.sha);
  if (same_job && Differ(text("project_id"), job.project_id)) return compare.Take();
  compare.Same("project_id", job.project_id);
  compare.Same("project_path", job.project_path);
  return compare.Take();
}

bool IsFork(const Object* claims, const Job& job, const OwnEvents& /*own_events*/) {
  const auto runs_in = RunsIn(claims, job);
  return job.fork.value_or(false) || Differ(ClaimText(claims, "project_id"), runs_in) ||
         Differ(job.merge_request_source_project_id, runs_in);
}

Object MakeFacts(const Object* claims, const Job& job, const OwnEvents& own_events) {
  FactList facts(claims, job);
  facts.Add("fork", IsFork(claims, job, own_events));
  facts.Add("event", "pipeline_source", job.event);
  facts.Add("ref", "ref", RefInToken(job));
  facts.Add("ref_type", "ref_type", job.ref_type);
  facts.Add("sha", "sha", job.sha);
  facts.Add("user_id", "user_id", job.user_id);

  // The claim `project_path` may name a fork. It counts only if it is the path of the project where
  // the job runs.
  const auto id = RunsIn(claims, job);
  auto path = ClaimText(claims, "job_project_path");
  if (!path && ClaimText(claims, "project_id") == id) path = ClaimText(claims, "project_path");
  facts.Add("project_id", id);
  facts.Add("project_path", path ? path : job.project_path);
  return facts.Take();
}

// A GitLab instance issues its tokens under its own url.
std::string ServerUrlOf(const std::string& issuer_url) {
  return issuer_url;
}

std::vector<std::string> LinesForAToken(const std::string& audience) {
  return {"give the job this token in .gitlab-ci.yml:", "  id_tokens:", "    JOBWARDEN_ID_TOKEN:",
          "      aud: " + Quote(audience)};
}

}  // namespace

const ProviderProfile kGitLabProfile = {.provider = Provider::kGitLab,
                                        .name = "gitlab",
                                        .requests_id_tokens = false,
                                        .own_facts = {},
                                        .own_claims = kOwnClaims,
                                        .list_claims = kListClaims,
                                        .is_personal_claim = IsPersonal,
                                        .check_job_token = CheckJobToken,
                                        .bind = Bind,
                                        .is_fork = IsFork,
                                        .make_facts = MakeFacts,
                                        .server_url = ServerUrlOf,
                                        .lines_for_a_token = LinesForAToken};

}  // namespace jobwarden
