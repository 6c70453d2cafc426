#ifndef JOBWARDEN_VERIFIER_PROVIDER_JOB_H_
#define JOBWARDEN_VERIFIER_PROVIDER_JOB_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/provider/issuer.h"

namespace jobwarden {

/// What the runner says that it is about to run. Nothing here is signed. Absent: this runner, or
/// its version, cannot say. Ids are decimal text, as both CIs' tokens have them.
struct Job {
  Provider provider = Provider::kGitLab;

  /// False when nothing is known to bind to (`jobwarden verify` without facts): then no token can
  /// be held against the job, and whoever asks is told so.
  bool bindable = true;

  // What a GitLab token is bound to.
  std::optional<std::string> server_url;  ///< of the CI server, to choose among issuers
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

  // What a GitHub token is bound to, beside sha and ref.
  std::optional<std::string> repository;
  std::optional<std::string> repository_id;
  std::optional<std::string> run_id;
  std::optional<std::string> run_attempt;
  std::optional<std::string> workflow_ref;
  std::optional<std::string> actor_id;
  std::optional<std::string> runner_environment;

  // Facts alone.
  std::optional<std::string> job_name;
  std::optional<std::string> event;  ///< GitLab: the pipeline's source; GitHub: the event's name
  std::optional<bool> ref_protected;
  std::optional<bool> fork;  ///< where the runner's own information tells (GitHub's event payload)
  std::optional<std::string> image;
  std::vector<std::string> services;
  std::optional<std::string> head_repository;
  std::optional<std::string> base_repository;
  std::optional<std::string> actor;

  /// The names of facts that are absent because what the job says of them may mean several things.
  /// So that no job takes itself out of a deny rule, such a fact may be anything there.
  std::vector<std::string> disputed;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_JOB_H_
