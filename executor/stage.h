#ifndef JOBWARDEN_EXECUTOR_STAGE_H_
#define JOBWARDEN_EXECUTOR_STAGE_H_

#include <string>
#include <string_view>

#include "executor/arguments.h"
#include "executor/process/stage_process.h"
#include "verifier/base/finding.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// One call of the driver by GitLab Runner.
struct Call {
  Arguments arguments;
  Environment environment;
  JobLimits job_limits;
};

// Each stage says what there is to say, and gives back the driver's exit status.

/// Prints the JSON that GitLab Runner expects, and makes the folders that it names.
int RunConfigStage(const Call& call);
/// Decides about the job, and leaves the verdict for the stages after it.
int RunPrepareStage(const Call& call);
/// Runs one generated script, if the verdict allows it.
int RunScriptStage(const Call& call);
/// Ends what the job left running, and removes what we left lying. Always succeeds.
int RunCleanupStage(const Call& call);

/// Whether a stage's lines are the runner's own, which need the job token: sources, cache and
/// artifacts. (Among those of `get_sources` are the job's `hooks:`.) A stage of an unknown name is
/// the job's.
bool IsRunnersOwnStage(std::string_view stage);

/// The exit status that GitLab Runner expects for an outcome: a denied job is not tried again,
/// anything else that is not an allow may be.
int ExitStatus(const Environment& environment, Outcome outcome);

/// Says the findings on standard error, and gives back the exit status that they come to.
int Fail(const Environment& environment, Findings findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_STAGE_H_
