#ifndef JOBWARDEN_TESTS_SUPPORT_RUNNER_JOB_H_
#define JOBWARDEN_TESTS_SUPPORT_RUNNER_JOB_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/script_writer.h"

namespace jobwarden::testing {

/// Where the driver's `config` wants jobs to be.
struct Folders {
  std::string builds_dir = "/builds";
  std::string cache_dir = "/cache";
  bool builds_dir_is_shared = false;  ///< each runner and each job at a time gets a folder in it
};

/// One job as GitLab Runner holds it: what the server sent, in the types of this runner, and what
/// the runner itself adds.
struct RunnerJob {
  Runner runner = Runner::k19_4;
  Shell shell = Shell::kBash;
  nlohmann::ordered_json response;  ///< what JOB_RESPONSE_FILE holds
  std::string response_text;        ///< what it holds instead, where this is not empty

  std::vector<Variable> features;  ///< FF_*, in the runner's order
  std::string short_token = "t1-abc";
  std::string version = "19.4.0";
  std::string revision = "00000000";
  std::vector<Variable> secrets;  ///< the values of `secrets:`, resolved

  /// Scripts that are handed out instead of written, by stage.
  std::map<std::string, std::string> scripts;
};

/// The job's variables, the runner's own included, expanded. `status`: running, success, failed.
std::vector<Variable> AllVariables(const RunnerJob& job, const Folders& folders,
                                   std::string_view status = "running");

/// What every call of the driver finds as CUSTOM_ENV_NAME, without that prefix.
std::map<std::string, std::string> CustomEnvironment(const RunnerJob& job, const Folders& folders);

/// Where the job's checkout lies, and the folder beside it for files.
std::string ProjectDir(const RunnerJob& job, const Folders& folders);
std::string TemporaryDir(const RunnerJob& job, const Folders& folders);

/// The stages up to the job's own last one, and those that come after it whatever happened. Stages
/// that this job has no use for are left out, as the runner does.
std::vector<std::string> StagesOfJob(const RunnerJob& job);
std::vector<std::string> StagesAfterJob(const RunnerJob& job, bool succeeded);

/// The script of one stage. In get_sources, the cache's and the artifacts' stages the variables are
/// as in a real one, and the commands do nothing.
std::string ScriptOf(const RunnerJob& job, const Folders& folders, const std::string& stage,
                     std::string_view status = "running");

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_RUNNER_JOB_H_
