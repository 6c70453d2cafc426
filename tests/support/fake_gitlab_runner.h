#ifndef JOBWARDEN_TESTS_SUPPORT_FAKE_GITLAB_RUNNER_H_
#define JOBWARDEN_TESTS_SUPPORT_FAKE_GITLAB_RUNNER_H_

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/runner_job.h"

namespace jobwarden::testing {

/// The content of each regular file below a folder, by path relative to it.
using Files = std::map<std::string, std::string>;
Files ReadFiles(const std::filesystem::path& folder);

/// A call of the driver that is about to be made: what a hook may look at or spoil.
struct CallAhead {
  std::string name;              ///< `config`, `prepare`, a stage, `cleanup`
  std::filesystem::path folder;  ///< the job's temporary folder, TMPDIR
  std::filesystem::path job_response;
  std::filesystem::path script;  ///< in `run`
  Environment& environment;      ///< of this call
};

struct RunnerOptions {
  std::vector<std::string> driver;  ///< the program and what stands before `config`, `prepare`, …
  std::filesystem::path folder;     ///< temporary folders are made in it
  /// The runner's own. GitLab Runner hands all of it to the driver.
  Environment environment;
  std::chrono::milliseconds pause_between_tries{0};  ///< 3 s in the real one
  std::chrono::milliseconds grace{10'000};           ///< between SIGTERM and SIGKILL
  std::chrono::milliseconds limit{60'000};           ///< a call that takes longer has hung

  /// The job is canceled, or its time is over, once `interrupt_at` stands in the log of this stage.
  enum class Interruption { kNone, kCancel, kTimeout } interruption = Interruption::kNone;
  std::string interrupt_stage = "build_script";
  std::string interrupt_at;

  bool call_prepare = true;  ///< false: a runner whose configuration lacks `prepare_exec`
  std::function<void(const CallAhead&)> before_call;
  std::function<void(const std::string& call, pid_t driver, const std::string& log)> on_output;
};

/// One call of the driver, as it went.
struct Call {
  std::string name;
  ChildResult result;
  std::string exit_code_file;  ///< what BUILD_EXIT_CODE_FILE held afterwards
  bool left_exit_code_file;    ///< it was there
};

struct JobRun {
  enum class Outcome { kSucceeded, kJobFailed, kSystemFailure, kCanceled, kTimedOut } outcome;
  int exit_code = 0;  ///< the job's own, where the driver told it
  std::vector<Call> calls;
  Files left_before_cleanup;  ///< in the temporary folder of the last try
  Files left_after_cleanup;
  Folders folders;  ///< as `config` answered

  /// What GitLab shows: the output of all calls but `cleanup`, and of `config` stderr alone.
  std::string log() const;
  /// The last call of this name; nothing where there was none.
  const Call* Find(const std::string& name) const;
  std::vector<std::string> CallNames() const;
  bool hung() const;
};

/// Plays a job through a custom executor driver as GitLab Runner does: a fresh 0700 folder for each
/// try, which is TMPDIR and the working folder of all its calls; `config`, `prepare`, the stages,
/// `cleanup`; three tries of `prepare` unless it ends with BUILD_FAILURE_EXIT_CODE.
JobRun PlayJob(RunnerJob job, const RunnerOptions& options);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_FAKE_GITLAB_RUNNER_H_
