#ifndef JOBWARDEN_EXECUTOR_RECEIVED_JOB_RESPONSE_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_JOB_RESPONSE_H_

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/base/value.h"
#include "verifier/exposure/inventory.h"
#include "verifier/provider/job.h"

namespace jobwarden {

inline constexpr std::size_t kMaxJobResponseBytes = std::size_t{16} * 1024 * 1024;

/// The job as GitLab Runner received it from the server (`JOB_RESPONSE_FILE`): the only source of
/// facts about a GitLab job that the job itself cannot change.
class JobResponse {
 public:
  /// Refuses what is not a JSON object, lacks `id`, `git_info`, `job_info` or `variables`, or has
  /// anything that is read here with another type (JOB_UNREADABLE; the message names the field).
  /// A field that is null, empty or 0 counts as absent: so the runner writes what it did not get.
  /// A merge request's source project does not: the server writes an empty one for a fork that is
  /// gone.
  static Result<JobResponse> Parse(std::string_view bytes);

  JobResponse(JobResponse&&) noexcept = default;
  JobResponse& operator=(JobResponse&& other) noexcept;
  ~JobResponse() { Clear(); }  ///< wipes

  /// Where `job_info` and `git_info` lack something, it is taken from the first variable of a
  /// name, which is the server's. Pipeline source and protection are absent, and disputed,
  /// when variables of their names differ: an old server puts the job's own before its own. Image
  /// and services with a variable in a name are so too. A merge request's source project is empty,
  /// as that of a fork that is gone, when variables of its name differ.
  const Job& job() const { return job_; }
  /// In the server's order; the same name may appear more than once, and the last one wins.
  const std::vector<Variable>& variables() const { return variables_; }
  std::string_view job_token() const { return job_token_.view(); }
  /// The URL of the project's repository on its server, without credentials (`git_info.repo_url`):
  /// no variable changes it. Empty where it is absent.
  std::string Repository() const;
  /// The lines of all `steps`, each step's lines joined by newlines: name ("script",
  /// "after_script", "release" …) and text.
  struct Step {
    std::string name;
    std::string text;
  };
  const std::vector<Step>& steps() const { return steps_; }
  /// The lines of all `hooks`, which run while the sources are fetched.
  const std::vector<Step>& hooks() const { return hooks_; }
  /// The variables of `secrets:`, whose values the runner got elsewhere: the response lacks them.
  struct SecretName {
    std::string name;
    bool file = false;
  };
  const std::vector<SecretName>& secrets() const { return secrets_; }

  /// The response as JSON without the variables of these names, and without each of `gone` (8
  /// bytes and more) wherever else it stands in a text (in `secrets`, for example). The job token
  /// stays, and the variables that hold it: the runner's own stages need it, and drivers log in
  /// with it. All else means what it meant, in the same order.
  Secret Without(const std::set<std::string>& names, std::vector<std::string_view> gone) const;

  /// Where outside of the variables a value is: `git_info.repo_url`, `credentials`,
  /// `secrets.NAME` …
  std::vector<std::string> LocationsOf(std::string_view value) const;

 private:
  JobResponse() = default;
  void Clear();

  Value response_;
  Job job_;
  std::vector<Variable> variables_;
  Secret job_token_;
  std::vector<SecretName> secrets_;
  std::vector<Step> steps_;
  std::vector<Step> hooks_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_JOB_RESPONSE_H_
