#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "executor/job_input.h"
#include "executor/local/git_credentials.h"
#include "executor/local/local_driver.h"
#include "executor/process/own_process.h"
#include "executor/process/stage_process.h"
#include "executor/received/job_script.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "executor/stage_history.h"
#include "executor/verdict.h"
#include "executor/wrap/wrapped_driver.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// Where GitLab Runner looks for the exit code of the job itself, unless it is older than 17.9.
Status WriteExitCode(const Environment& environment, std::string_view code) {
  const std::string path(environment.Get("BUILD_EXIT_CODE_FILE"));
  if (path.empty()) return Ok();
  return WriteFileAtomically(path, code, 0600, Code::kStateUnwritable, "exit code file",
                             Durability::kVolatile);
}

// A stage that failed and left the file empty told no exit code: GitLab Runner takes an empty file
// for a failure of its own machine, and none for a failed job.
void DropEmptyExitCode(const Environment& environment) {
  const std::string path(environment.Get("BUILD_EXIT_CODE_FILE"));
  struct stat st {};
  if (stat(path.c_str(), &st) == 0 && st.st_size == 0) unlink(path.c_str());
}

// In report mode a script that is too large to be understood runs too, if memory holds it.
constexpr std::size_t kMaxReportedScriptBytes = std::size_t{1} << 30U;

Status EmptyScript(const std::string& path) {
  if (truncate(path.c_str(), 0) == 0) return Ok();
  return Finding{Code::kScriptUnreadable,
                 fmt::format("script {}: cannot be emptied: {}", Quote(path), ErrorText(errno))};
}

// The generated script holds every token of the job: from here on it is in memory alone, unless
// `stays`.
Result<Secret> TakeScript(const std::string& path, const Config& config, bool stays) {
  const std::size_t max_bytes =
      config.mode == Mode::kReport ? kMaxReportedScriptBytes : kMaxScriptBytes;
  auto bytes = ReadFile(path, max_bytes, Code::kScriptUnreadable, "script");
  if (!bytes) return std::move(bytes).findings();
  Secret script(*std::move(bytes));
  if (stays) return script;
  if (auto emptied = EmptyScript(path); !emptied && !GoesOn(config, emptied.findings())) {
    return std::move(emptied).findings();
  }
  return script;
}

// A stage from which nothing is taken, also where the script is not understood or the job cannot be
// read: the tokens are found as far as that goes, to be masked.
StageScript LeaveStage(Secret received, const Call& call, const Config& config,
                       const Result<JobResponse>& response) {
  const auto script = JobScript::Parse(std::string(received.view()));
  if (!script) Say(STDERR_FILENO, FindingsText(InReportMode(WithHints(script.findings()))));
  const std::vector<Variable> none;
  const auto& variables = script ? script->variables() : none;
  Inventory inventory = response ? TakeJobInventory(variables, *response, call.environment, config)
                                 : TakeJobInventory(variables, call.environment, config);
  if (auto limited = LimitTokens(inventory); !limited) {
    Say(STDERR_FILENO, FindingsText(InReportMode(std::move(limited).findings())));
  }
  return {std::move(received), std::move(inventory), {}, {}, {}};
}

// Notes a stage of the job's own, for those after it. Where nothing is taken out nobody asks.
Status NoteStage(const StageScript& stage, const Call& call, const std::string& folder) {
  if (!stage.without || IsRunnersOwnStage(call.arguments.stage)) return Ok();
  return NoteOwnStage(folder, *stage.without);
}

// Takes the job token out of git's configuration, with the rights of the user who owns that.
Status StripGit(const StageScript& stage, const StageCommand& command, const Config& config,
                const JobResponse& response) {
  if (!stage.strip_git_of) return Ok();
  // The job's hooks are its own lines in get_sources, where the token always is.
  const auto elsewhere =
      response.hooks().empty() ? TokenElsewhere::kRefused : TokenElsewhere::kStays;
  const auto strip = [&] {
    return StripGitCredentials(config.executor.builds_dir, *stage.strip_git_of,
                               response.job_token(), elsewhere);
  };
  if (!command.user) return strip();
  return InOwnProcess([&] { return AssumeIdentity(*command.user); }, strip);
}

Result<int> RunLocal(const StageScript& stage, MaskMaker masked, const Call& call,
                     const Config& config, const std::string& folder, const JobResponse* response) {
  auto command = LocalCommand(stage.script, call.environment, call.job_limits, config, folder);
  if (!command) return command.findings();
  if (response != nullptr) {
    if (auto stripped = StripGit(stage, *command, config, *response); !stripped) {
      return std::move(stripped).findings();
    }
  }
  if (auto noted = NoteStage(stage, call, folder); !noted) return std::move(noted).findings();
  command->masked = std::move(masked);
  auto status = RunStageProcess(*command);
  if (!status || *status == 0) return status;
  if (auto written = WriteExitCode(call.environment, std::to_string(*status)); !written) {
    Say(STDERR_FILENO, FindingsText(written.findings()));
  }
  return ExitStatus(call.environment, Outcome::kDeny);
}

Result<int> RunStage(const Call& call, const Config& config) {
  const bool reports = config.mode == Mode::kReport;
  const bool wraps = config.executor.driver == Driver::kWrap;
  // In report mode a wrapped driver gets the runner's own file.
  const bool stays = wraps && reports;
  auto script = TakeScript(call.arguments.script, config, stays);
  if (!script) return std::move(script).findings();
  const auto folder = JobFolder(call.environment);
  if (!folder) return folder.findings();
  const auto response = ReadJobResponse(call.environment);
  const auto verdict = response ? ReadJobVerdict(*folder, *response, call.arguments.stage)
                                : Result<Record>(response.findings());
  if (!verdict && !GoesOn(config, verdict.findings())) return verdict.findings();
  if (verdict && !verdict->Runs()) {
    Say(STDERR_FILENO, fmt::format("jobwarden: stage {}: nothing runs, this job was not allowed\n",
                                   Quote(call.arguments.stage)));
    return ExitStatus(call.environment, verdict->outcome);
  }
  auto stage = !reports && Strips(*verdict, config)
                   ? ExposeStage(*script, call, config, *response, *verdict)
                   : LeaveStage(*std::move(script), call, config, response);
  if (!stage) return stage.findings();
  const auto masked = OutputMask(stage->inventory, config, call.environment);
  if (!wraps) {
    return RunLocal(*stage, masked, call, config, *folder, response ? &*response : nullptr);
  }
  if (auto noted = NoteStage(*stage, call, *folder); !noted) return std::move(noted).findings();
  return RunWrappedScript({config, call.environment, call.job_limits, *folder,
                           response ? &*response : nullptr, &stage->inventory, masked},
                          {call.arguments.script, call.arguments.stage},
                          stays ? nullptr : &stage->script, stage->dropped);
}

}  // namespace

int RunScriptStage(const Call& call) {
  // Before all else, because what an earlier stage left there does not belong to this one.
  const auto emptied = WriteExitCode(call.environment, "");
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) (void)EmptyScript(call.arguments.script);
  Result<int> result = 0;
  if (!config) {
    result = config.findings();
  } else if (!emptied && !GoesOn(*config, emptied.findings())) {
    result = emptied.findings();
  } else {
    result = RunStage(call, *config);
  }
  const int status = result ? *result : Fail(call.environment, result.findings());
  if (status != 0) DropEmptyExitCode(call.environment);
  return status;
}

}  // namespace jobwarden
