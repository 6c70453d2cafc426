#ifndef JOBWARDEN_TESTS_SUPPORT_GITLAB_JOB_H_
#define JOBWARDEN_TESTS_SUPPORT_GITLAB_JOB_H_

#include <cstdint>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/runner_job.h"
#include "tests/support/signer.h"

namespace jobwarden::testing {

/// One entry of a job's `id_tokens:`.
struct IdToken {
  std::string name;
  std::vector<std::string> audiences;  ///< one is sent as a string, more as an array
  /// Put over the claims that the server would write (RFC 7396: null takes one out).
  nlohmann::ordered_json claims = nlohmann::ordered_json::object();
  std::string value = {};  ///< instead of a token of this job
};

struct MergeRequest {
  std::string source_branch = "fix-rounding";
  std::int64_t source_project_id = 61;  ///< another than the job's: a fork
  std::string source_project_path = "shop/checkout";
  std::string event_type = "detached";
};

/// A GitLab job as its author and the server see it. A test starts from ProtectedDeploy() and
/// changes one thing.
struct Job {
  Runner runner = Runner::k19_4;
  Shell shell = Shell::kBash;

  std::string server = "https://gitlab.example.com";
  bool server_sends_job_project = true;  ///< since 18.4
  std::int64_t id = 9301;
  std::int64_t pipeline_id = 4410;
  std::int64_t project_id = 61;
  std::string project_path = "shop/checkout";
  std::int64_t runner_id = 17;
  std::int64_t user_id = 5;
  std::string user_login = "kim";
  std::string source = "push";
  std::string ref = "main";
  std::string ref_type = "branch";
  bool ref_protected = true;
  std::string sha = "4be1c0de5f00d4be1c0de5f00d4be1c0de5f00d4";
  std::string environment = "production";
  std::optional<MergeRequest> merge_request;
  std::string job_token = "glcbt-61_the-token-of-this-job";

  std::vector<IdToken> id_tokens;
  std::vector<Variable> variables;   ///< `variables:`
  std::vector<Variable> predefined;  ///< put after those of the server, before the id_tokens
  std::vector<std::string> script;
  std::vector<std::string> after_script;
  std::vector<std::string> release;
  std::string image;

  IdToken& Token(const std::string& name);
};

inline constexpr char kRunnerAudience[] = "https://ci-runners.example.com";
inline constexpr char kVaultAudience[] = "https://vault.example.com";

/// A deploy to production from the protected branch `main`: JOBWARDEN_ID_TOKEN for the runner,
/// VAULT_ID_TOKEN which the script uses, PYPI_STAGING_ID_TOKEN which nothing uses.
Job ProtectedDeploy();
/// The same deploy from a branch that is not protected, and from a fork's merge request that runs
/// in the parent project.
Job FeatureBranchDeploy();
Job ForkMergeRequestDeploy();

/// The claims of an id_token of this job, as GitLab writes them.
nlohmann::ordered_json Claims(const Job& job, const IdToken& token, std::time_t issued_at);

/// The text of the token.
std::string TokenText(const Job& job, const IdToken& token, const Signer& signer,
                      std::time_t issued_at = std::time(nullptr));

/// What the runner holds when it got the job.
RunnerJob Send(const Job& job, const Signer& signer, std::time_t issued_at = std::time(nullptr));

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_GITLAB_JOB_H_
