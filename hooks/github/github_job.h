#ifndef JOBWARDEN_HOOKS_GITHUB_GITHUB_JOB_H_
#define JOBWARDEN_HOOKS_GITHUB_GITHUB_JOB_H_

#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/os/environment.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// That a variable which the runner sets is not there: JOB_UNREADABLE.
Finding NotSetByRunner(std::string_view variable);

/// What the runner says about the job: its GITHUB_* and RUNNER_* variables, which no workflow can
/// set, and the event's payload (GITHUB_EVENT_PATH) as far as it tells whose branch it is.
///
/// JOB_UNREADABLE when it lacks what a token is bound to (GITHUB_REPOSITORY, GITHUB_RUN_ID,
/// GITHUB_RUN_ATTEMPT): it was not started by a runner. A payload that is missing, cut off or over
/// kMaxEventBytes is none: then the job counts as a fork's where the event can come from one.
Result<Job> ReadGitHubJob(const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_GITHUB_JOB_H_
