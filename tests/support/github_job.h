#ifndef JOBWARDEN_TESTS_SUPPORT_GITHUB_JOB_H_
#define JOBWARDEN_TESTS_SUPPORT_GITHUB_JOB_H_

#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child.h"

namespace jobwarden::testing {

/// One step of a workflow's job: a `run:` step, or an action.
struct GitHubStep {
  std::string name;
  std::string run;                ///< the text of `run:`
  std::string shell;              ///< `shell:`; empty: `bash -e {0}`
  std::vector<std::string> main;  ///< a JavaScript action: an absolute program and its arguments
  std::vector<std::string> pre;   ///< what it runs before all steps, under always()
  std::vector<std::string> post;  ///< and after them, under always()
  std::string image;              ///< a Docker action; known to container hooks alone

  std::string id = {};                  ///< empty: `__run`, `__run_2`, …
  std::string condition = "success()";  ///< `if:` success(), failure(), always() or cancelled()
  Environment env = {};
  std::string working_directory = {};  ///< below the workspace
  bool continue_on_error = false;
  /// Put into the workspace before the step's program starts, executable: `actions/checkout`.
  std::map<std::string, std::string> files = {};
};

/// A `run:` step, one under `if: always()`, and a JavaScript action.
GitHubStep Run(std::string script, std::string name = "");
GitHubStep AlwaysRun(std::string script, std::string name = "");
GitHubStep Action(std::vector<std::string> main, std::string name = "");
GitHubStep Checkout(std::map<std::string, std::string> files);

/// `container:` of a job.
struct GitHubContainer {
  std::string image = "debian:12";
  Environment env;
  std::vector<std::string> services;  ///< images
};

/// A job of GitHub Actions as its author and the server see it. A test starts from
/// GitHubDeploy() and changes one thing.
struct GitHubJob {
  std::string server = "https://github.com";
  std::string issuer = "https://token.actions.githubusercontent.com";
  std::string repository = "shop/checkout";
  std::string repository_id = "61";
  std::string repository_owner_id = "3";
  std::string run_id = "9301";
  std::string run_number = "17";
  std::string run_attempt = "1";
  std::string sha = "4be1c0de5f00d4be1c0de5f00d4be1c0de5f00d4";
  std::string ref = "refs/heads/main";
  bool ref_protected = true;
  std::string head_ref;  ///< of pull requests alone
  std::string base_ref;
  std::string event_name = "push";
  std::string workflow = "Deploy";
  std::string workflow_path = ".github/workflows/deploy.yml";
  std::string name = "deploy";  ///< the job's own
  std::string actor = "kim";
  std::string actor_id = "5";
  std::string environment = "production";

  nlohmann::ordered_json event;           ///< the payload
  std::optional<std::string> event_text;  ///< its file's bytes instead
  bool event_missing = false;             ///< there is no such file
  Environment variables;                  ///< over the GITHUB_* that the runner would set
  nlohmann::ordered_json claims =
      nlohmann::ordered_json::object();  ///< put over those of its id_tokens (RFC 7396)

  bool debugger = false;  ///< somebody debugs it; the fake runner's alone

  Environment env;  ///< `env:` of workflow and job
  std::optional<GitHubContainer> container;
  std::vector<GitHubStep> steps;

  /// What a job with `id-token: write` gets, as TokenEndpoint::Serve sets it. Empty: it has not.
  std::string id_token_request_url;
  std::string id_token_request_token;

  std::string workflow_ref()
      const;  ///< `shop/checkout/.github/workflows/deploy.yml@refs/heads/main`
};

inline constexpr char kGitHubRunnerAudience[] = "https://ci-runners.example.com";

/// A deploy to production after a push to the protected branch `main`.
GitHubJob GitHubDeploy();
/// A pull request's job: `from` is the repository that its branch lies in; empty: it was deleted.
GitHubJob GitHubPullRequest(const std::string& from = "mallory/checkout");
/// A comment on a pull request, a workflow that ran after another of `from`, and a pull request's
/// job that runs with the rights of its base.
GitHubJob GitHubComment();
GitHubJob GitHubWorkflowRun(const std::string& from = "mallory/checkout",
                            const std::string& event = "pull_request");
GitHubJob GitHubPullRequestTarget(const std::string& from = "mallory/checkout");
/// A merge queue's branch, and a commit that somebody deploys: the job has no ref.
GitHubJob GitHubMergeGroup();
GitHubJob GitHubDeploymentOfCommit();

/// The claims of an id_token of this job, as GitHub writes them.
nlohmann::ordered_json Claims(const GitHubJob& job, const std::string& audience,
                              std::time_t issued_at = std::time(nullptr));

/// The GITHUB_* that the runner gives hooks and steps, but for paths.
Environment GitHubVariables(const GitHubJob& job);

/// What the server hands the runner.
nlohmann::ordered_json Message(const GitHubJob& job);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_GITHUB_JOB_H_
