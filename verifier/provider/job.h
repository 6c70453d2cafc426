#ifndef JOBWARDEN_VERIFIER_PROVIDER_JOB_H_
#define JOBWARDEN_VERIFIER_PROVIDER_JOB_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/provider/issuer.h"

namespace jobwarden {

/// Where a job's id_token comes from.
enum class TokenOrigin {
  kFound,      ///< the job brought it, so it may be another job's
  kRequested,  ///< the runner requested it for this job just now
};

/// The job that the runner is about to run, as the runner describes it. Nothing here is signed. A
/// member is absent if this runner, or its version, does not know it. Ids are decimal text, as in
/// the tokens of both CIs.
struct Job {
  Provider provider = Provider::kGitLab;

  /// False when the job's ids are not known (`jobwarden verify` without facts). Then no token can
  /// be compared with the job, and the record says so.
  bool bindable = true;

  TokenOrigin token_origin = TokenOrigin::kFound;

  // A GitLab token is bound to these.
  std::optional<std::string> server_url;  ///< of the CI server; chooses among issuers
  std::optional<std::string> job_id;
  std::optional<std::string> pipeline_id;
  std::optional<std::string> runner_id;
  std::optional<std::string> project_id;    ///< where the job runs
  std::optional<std::string> project_path;  ///< where the job runs
  std::optional<std::string> user_id;
  std::optional<std::string> sha;
  std::optional<std::string> ref;  ///< as git has it: `main`, `v1.2`, `refs/merge-requests/7/head`
  std::optional<std::string> ref_type;  ///< `branch`, `tag`
  std::optional<std::string> merge_request_source_branch;
  std::optional<std::string> merge_request_source_project_id;

  // A GitHub token is bound to these, and to sha and ref.
  std::optional<std::string> repository;
  std::optional<std::string> repository_id;
  std::optional<std::string> run_id;
  std::optional<std::string> run_attempt;
  std::optional<std::string> workflow_ref;
  std::optional<std::string> actor_id;
  std::optional<std::string> runner_environment;

  // Whose branch a GitHub job builds, beside the facts head_repository and base_repository.
  std::optional<std::string> head_repository_id;
  std::optional<std::string> base_repository_id;
  std::optional<std::string> event_before;  ///< of the run before, if this is a `workflow_run`
  /// Why what says whose branch it is could not be read, in words for a person; empty if it could.
  std::string owner_unread;

  // These are only facts.
  std::optional<std::string> job_name;
  std::optional<std::string> event;  ///< GitLab: the pipeline's source; GitHub: the event's name
  std::optional<bool> ref_protected;
  std::optional<bool> fork;  ///< if the runner's own information tells (GitHub's event payload)
  std::optional<std::string> image;
  std::vector<std::string> services;
  std::optional<std::string> head_repository;
  std::optional<std::string> base_repository;
  std::optional<std::string> actor;

  /// The names of facts that are absent because the job's own words about them are ambiguous. In a
  /// deny rule such a fact matches everything, so that no job can talk itself out of the rule.
  std::vector<std::string> disputed;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_JOB_H_
