#ifndef JOBWARDEN_HOOKS_GITHUB_RUNNER_FOLDER_H_
#define JOBWARDEN_HOOKS_GITHUB_RUNNER_FOLDER_H_

#include <string>

#include "verifier/admission/record.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// The folder in which the hooks of one runner leave what a job's later hooks need:
/// `state_dir/github/NAME-DIGEST`. NAME is RUNNER_NAME with `_` in place of all characters but
/// letters, digits, `-`, `_` and `.`. DIGEST is made of RUNNER_TEMP, because two runners of one
/// machine may have one name. It holds `RUN_ID-ATTEMPT.json`, the verdict, `guard/`, the step
/// guard's folder, and `broker`, the socket of the token broker.
///
/// The runner's own user owns the folder, and a job's steps run as that user. So the folder
/// protects against accidents and keeps a job from another job's verdict; it does not stop a
/// hostile job.
struct RunnerFolder {
  std::string path;
  std::string guard() const { return path + "/guard"; }
  std::string broker() const { return path + "/broker"; }
};

/// Finds the folder's path, and makes nothing. JOB_UNREADABLE when RUNNER_NAME or RUNNER_TEMP is
/// not set: then no runner started this program.
Result<RunnerFolder> FindRunnerFolder(const Config& config, const Environment& environment);

/// Makes the folder with mode 0700, unless it exists. STATE_UNWRITABLE when it cannot be made, or
/// belongs to another user.
Status MakeRunnerFolder(const RunnerFolder& runner);

// A verdict belongs to the run GITHUB_RUN_ID and the attempt GITHUB_RUN_ATTEMPT.

/// Leaves the decision for the job's later hooks. Only this user can read it. STATE_UNWRITABLE.
Status WriteVerdict(const RunnerFolder& runner, const Environment& environment,
                    const Record& record);

/// Reads the decision about this job, an allow or a deny. VERDICT_MISSING when the verdict is
/// absent, belongs to another user, has another format, or is about another run, attempt or
/// repository.
Result<Record> ReadVerdict(const RunnerFolder& runner, const Environment& environment);

/// Removes all verdicts of this runner. It runs one job at a time, so a verdict that a crash left
/// is not about a later job. Absent verdicts are not an error.
Status RemoveVerdicts(const RunnerFolder& runner);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_RUNNER_FOLDER_H_
