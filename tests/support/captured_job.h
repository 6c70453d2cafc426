#ifndef JOBWARDEN_TESTS_SUPPORT_CAPTURED_JOB_H_
#define JOBWARDEN_TESTS_SUPPORT_CAPTURED_JOB_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/runner_job.h"

namespace jobwarden::testing {

/// A job that was captured from a real GitLab Runner: a folder VERSION-SHELL/JOB.
struct CapturedJob {
  std::string name;                                ///< `19.4-bash/plain`
  RunnerJob job;                                   ///< without scripts
  std::map<std::string, std::string> environment;  ///< CUSTOM_ENV_NAME, without that prefix
  std::vector<std::string> stages;                 ///< in the order of the calls
  std::map<std::string, std::string> scripts;      ///< by stage
};

/// All of them, by name. What the runner alone knows (its FF_* and their order, its version) is
/// taken from the captured environment and scripts.
std::vector<CapturedJob> LoadCapturedJobs(const std::filesystem::path& folder);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_CAPTURED_JOB_H_
