#ifndef JOBWARDEN_TESTS_EXECUTOR_JOB_PLAYER_H_
#define JOBWARDEN_TESTS_EXECUTOR_JOB_PLAYER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "executor/received/job_response.h"
#include "executor/stage.h"
#include "tests/support/script_writer.h"
#include "tests/support/signer.h"
#include "verifier/admission/record.h"
#include "verifier/config/config.h"

namespace jobwarden::testing {

using Names = std::set<std::string>;

/// A job as a person writes it: a line of a `jobs.jsonl`, see shared/cases/README.md. A value there
/// may also be an object of `value`, `file`, `raw`.
struct WrittenJob {
  struct Stage {
    std::string name;  ///< `build_script`, `after_script`, `step_release`
    std::vector<std::string> lines;
    Names uses;
  };

  std::string id;
  std::vector<Variable> variables;
  std::vector<std::string> id_tokens;
  std::map<std::string, std::string> secrets;  ///< each got with the id_token of this name
  bool agent = false;   ///< the project has an agent for Kubernetes: KUBECONFIG
  bool google = false;  ///< `identity: google_cloud`
  std::vector<Stage> stages;
  std::map<std::string, std::string> files;  ///< of the checkout
  Names unused;
};

std::vector<WrittenJob> ReadJobs(const std::string& path);

/// What jobwarden leaves in a stage.
struct Left {
  Names names;    ///< those of tokens
  Names surplus;  ///< the unused ones of tokens that the stage needs under no name
};

/// Plays jobs through `prepare` and `run`, without their processes.
class JobPlayer {
 public:
  /// `exposure`: the lines of `[exposure]`.
  explicit JobPlayer(const std::string& exposure);

  /// What is left, by stage.
  std::map<std::string, Left> Play(const WrittenJob& job);

 private:
  // What `prepare` leaves of an allowed job.
  Record Prepare(const std::string& path, const jobwarden::Call& call) const;

  const Signer signer_{"EdDSA", "key"};
  Config config_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_EXECUTOR_JOB_PLAYER_H_
