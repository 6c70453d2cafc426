#include "verifier/provider/profile.h"

namespace jobwarden {
namespace {

// Both must be there to differ.
bool Differ(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return a && b && *a != *b;
}

bool Agree(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return a && b && *a == *b;
}

// The job's ref as the token names it: in a merge request pipeline git has the merge request's own
// ref, and the token the source branch.
const std::optional<std::string>& RefInToken(const Job& job) {
  const bool merge_request = job.ref && job.ref->starts_with("refs/merge-requests/");
  return merge_request ? job.merge_request_source_branch : job.ref;
}

// The id of the project where the job runs. The token's word on it counts first; where the runner's
// differs, that is a mismatch, and no fork.
std::optional<std::string> RunsIn(const Object* claims, const Job& job) {
  auto id = ClaimText(claims, "job_project_id");
  if (!id) id = job.project_id;
  return id ? id : ClaimText(claims, "project_id");
}

}  // namespace

// What every server has put into its id_tokens since there are any (15.7). `sha` and `runner_id`
// came with 16.0, `job_project_id` with 18.4.
Findings CheckJobTokenGitLab(const Object& claims) {
  return CheckRequired(
      claims, {"job_id", "pipeline_id", "project_id"}, {"project_path", "ref", "ref_type"},
      "this is no id_token of a CI job: GitLab signs its login tokens with keys of "
      "the same set");
}

Findings BindGitLab(const Object& claims, const Job& job) {
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
  // Servers from 18.2.2 to 18.3 put the fork into project_* of its merge request's job, and nothing
  // says in which project that runs. That it is this very job shows that it is a fork.
  const bool same_job = Agree(text("job_id"), job.job_id) &&
                        Agree(text("pipeline_id"), job.pipeline_id) && Agree(text("sha"), job.sha);
  if (same_job && Differ(text("project_id"), job.project_id)) return compare.Take();
  compare.Same("project_id", job.project_id);
  compare.Same("project_path", job.project_path);
  return compare.Take();
}

bool IsForkGitLab(const Object* claims, const Job& job) {
  const auto runs_in = RunsIn(claims, job);
  return job.fork.value_or(false) || Differ(ClaimText(claims, "project_id"), runs_in) ||
         Differ(job.merge_request_source_project_id, runs_in);
}

Object MakeFactsGitLab(const Object* claims, const Job& job) {
  FactList facts(claims, job);
  facts.Add("fork", IsForkGitLab(claims, job));
  facts.Add("event", "pipeline_source", job.event);
  facts.Add("ref", "ref", RefInToken(job));
  facts.Add("ref_type", "ref_type", job.ref_type);
  facts.Add("sha", "sha", job.sha);
  facts.Add("user_id", "user_id", job.user_id);

  // Where the job runs, never where it was written: `project_path` counts only as the path of that
  // same project.
  const auto id = RunsIn(claims, job);
  auto path = ClaimText(claims, "job_project_path");
  if (!path && ClaimText(claims, "project_id") == id) path = ClaimText(claims, "project_path");
  facts.Add("project_id", id);
  facts.Add("project_path", path ? path : job.project_path);
  return facts.Take();
}

}  // namespace jobwarden
