#ifndef JOBWARDEN_HOOKS_GITHUB_GITHUB_JOB_H_
#define JOBWARDEN_HOOKS_GITHUB_GITHUB_JOB_H_

#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/os/environment.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// JOB_UNREADABLE: a variable that the runner sets is absent.
Finding NotSetByRunner(std::string_view variable);

/// Reads the job from the runner's GITHUB_* and RUNNER_* variables, which no workflow can set, and
/// the owner of its branch from the event's payload (GITHUB_EVENT_PATH).
///
/// JOB_UNREADABLE without the variables to which a token is bound (GITHUB_REPOSITORY,
/// GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT): then no runner started this program. If the payload is
/// absent, cut off or over kMaxEventBytes, `owner_unread` says so, and the job counts as a fork's
/// if its event can come from a fork.
///
/// REQUIRES: the job's id_token is requested, as all hooks do, and not found.
Result<Job> ReadGitHubJob(const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_GITHUB_JOB_H_
