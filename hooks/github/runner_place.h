#ifndef JOBWARDEN_HOOKS_GITHUB_RUNNER_PLACE_H_
#define JOBWARDEN_HOOKS_GITHUB_RUNNER_PLACE_H_

#include <string>

#include "verifier/admission/record.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// Where the hooks of one runner leave what the later ones of a job rest on:
/// `state_dir/github/NAME-DIGEST`, NAME from RUNNER_NAME with all but letters, digits, `-`, `_` and
/// `.` as `_`, DIGEST from RUNNER_TEMP, for two runners of one machine may have one name. The
/// runner's own user owns it; so do a job's steps, which run as the same user: it guards against
/// accident and keeps a job from another job's verdict, and no more.
///
/// In it: `RUN_ID-ATTEMPT.json`, the verdict, and `guard/`, the step guard's folder.
struct RunnerPlace {
  std::string folder;
  std::string guard() const { return folder + "/guard"; }
};

/// JOB_UNREADABLE where RUNNER_NAME or RUNNER_TEMP is not set: it was not started by a runner.
/// Nothing is made yet.
Result<RunnerPlace> FindRunnerPlace(const Config& config, const Environment& environment);

/// Makes the folder, 0700, unless it is there. STATE_UNWRITABLE when it cannot be had, or belongs
/// to another user.
Status MakeRunnerPlace(const RunnerPlace& place);

// The verdict is about the run and attempt of GITHUB_RUN_ID and GITHUB_RUN_ATTEMPT.

/// Leaves the decision for the job's later hooks, readable by this user alone. STATE_UNWRITABLE.
Status WriteVerdict(const RunnerPlace& place, const Environment& environment, const Record& record);

/// The decision about this very job, whether it lets the job run or not. VERDICT_MISSING when there
/// is none, or it belongs to another user, is of another format, or is about another run, attempt
/// or repository.
Result<Record> ReadVerdict(const RunnerPlace& place, const Environment& environment);

/// Removes all verdicts of this runner: it runs one job at a time, and what a crash left is about
/// none that is still to come. Absent ones are no error.
Status RemoveVerdicts(const RunnerPlace& place);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_RUNNER_PLACE_H_
