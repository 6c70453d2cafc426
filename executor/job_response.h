#ifndef JOBWARDEN_EXECUTOR_JOB_RESPONSE_H_
#define JOBWARDEN_EXECUTOR_JOB_RESPONSE_H_

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

inline constexpr std::size_t kMaxJobResponseBytes = 16 * 1024 * 1024;

/// The job as GitLab Runner received it from the server (`JOB_RESPONSE_FILE`): the only source of
/// facts about a GitLab job that the job itself cannot change.
class JobResponse {
 public:
  /// Refuses what is no JSON object, lacks `id`, `git_info`, `job_info` or `variables`, or has them
  /// with other types (JOB_UNREADABLE; the message names the field).
  static Result<JobResponse> Parse(std::string_view bytes);

  JobResponse(JobResponse&&) noexcept;
  JobResponse& operator=(JobResponse&&) noexcept;
  ~JobResponse();  ///< wipes

  const Job& job() const;
  /// In the server's order; the same name may come more than once, and the last one wins.
  const std::vector<Variable>& variables() const;
  std::string_view job_token() const;
  /// The lines of all `steps`, each step's lines joined by newlines: name ("script",
  /// "after_script", "release" …) and text.
  struct Step {
    std::string name;
    std::string text;
  };
  const std::vector<Step>& steps() const;
  /// The value of the last variable of this name; empty when there is none.
  std::string_view VariableValue(std::string_view name) const;

  /// The response as JSON without the variables of these names, and with every other place that
  /// holds one of `gone` (in `secrets`, for example) emptied.
  Secret Without(const std::set<std::string>& names,
                 const std::vector<std::string_view>& gone) const;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_JOB_RESPONSE_H_
