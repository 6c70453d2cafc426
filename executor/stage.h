#ifndef JOBWARDEN_EXECUTOR_STAGE_H_
#define JOBWARDEN_EXECUTOR_STAGE_H_

#include <string>
#include <string_view>

#include "executor/arguments.h"
#include "executor/process/stage_process.h"
#include "verifier/base/finding.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// One call of the driver by GitLab Runner.
struct Call {
  Arguments arguments;
  Environment environment;
  JobLimits job_limits;
};

// Each stage says what there is to say, and returns the driver's exit status.
//
// With `mode = "report"` a stage goes on where jobwarden itself fails: it says what is wrong as a
// warning (see GoesOn), does without, and the job runs as it would without jobwarden. What still
// ends a job there is what no job could run without: a call that is not GitLab Runner's, a
// configuration that cannot be read (it has no mode) or that others may write, the user, the
// folders and the sandbox of `[executor]`, a script that is not there, a program that cannot be
// started.

/// Prints the JSON that GitLab Runner expects, and makes the folders that it names.
int RunConfigStage(const Call& call);
/// Decides about the job, and leaves the verdict for the stages after it.
int RunPrepareStage(const Call& call);
/// Runs one generated script, if the verdict allows it. In report mode it also runs without a
/// verdict, and as it is where it cannot be understood.
int RunScriptStage(const Call& call);
/// Ends what the job left running, and removes what we left lying. Succeeds, whatever it finds;
/// with a wrapped driver the exit status is that of the driver's own cleanup.
int RunCleanupStage(const Call& call);

/// Whether a stage's lines are the runner's own, which need the job token: sources, cache and
/// artifacts. (Among those of `get_sources` are the job's `hooks:`.) A stage of an unknown name is
/// the job's.
bool IsRunnersOwnStage(std::string_view stage);

/// The exit status that GitLab Runner expects for an outcome: a denied job is not tried again,
/// anything else that is not an allow may be.
int ExitStatus(const Environment& environment, Outcome outcome);

/// The findings, each with a hint for GitLab's driver where the code that made it gave none.
Findings WithHints(Findings findings);

/// Says the findings on standard error, and returns the exit status that they come to.
int Fail(const Environment& environment, Findings findings);

/// Whether a stage goes on that these findings would end. True in report mode: then they are said
/// on standard error, as warnings.
bool GoesOn(const Config& config, const Findings& findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_STAGE_H_
