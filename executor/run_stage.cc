#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "executor/job_input.h"
#include "executor/local/git_credentials.h"
#include "executor/local/local_driver.h"
#include "executor/process/own_process.h"
#include "executor/process/stage_process.h"
#include "executor/received/job_script.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "executor/verdict.h"
#include "executor/wrap/wrapped_driver.h"
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

// The generated script holds every token of the job: from here on it is in memory alone.
Result<Secret> TakeScript(const std::string& path) {
  auto bytes = ReadFile(path, kMaxScriptBytes, Code::kScriptUnreadable, "script");
  if (!bytes) return std::move(bytes).findings();
  if (truncate(path.c_str(), 0) != 0) {
    return Finding{Code::kScriptUnreadable,
                   fmt::format("script {}: cannot be emptied: {}", Quote(path), ErrorText(errno))};
  }
  return Secret(*std::move(bytes));
}

Result<int> RunStage(const Call& call) {
  if (auto emptied = WriteExitCode(call.environment, ""); !emptied) return emptied.findings();
  auto script = TakeScript(call.arguments.script);
  if (!script) return std::move(script).findings();
  const auto folder = JobFolder(call.environment);
  if (!folder) return folder.findings();
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return config.findings();
  const auto response = ReadJobResponse(call.environment);
  if (!response) return response.findings();
  const auto verdict = ReadJobVerdict(*folder, *response, call.arguments.stage);
  if (!verdict) return verdict.findings();
  if (!verdict->Runs()) {
    Say(STDERR_FILENO, fmt::format("jobwarden: stage {}: nothing runs, this job was not allowed\n",
                                   Quote(call.arguments.stage)));
    return ExitStatus(call.environment, verdict->outcome);
  }
  const auto stage = ExposeStage(*std::move(script), call, *config, *response, *verdict);
  if (!stage) return stage.findings();
  const auto masked = OutputMask(stage->inventory, *config);
  if (config->executor.driver == Driver::kWrap) {
    return RunWrappedScript({*config, call.environment, call.job_limits, *folder, &*response,
                             &stage->inventory, masked.get()},
                            {call.arguments.script, call.arguments.stage}, stage->script,
                            stage->dropped);
  }
  auto command = LocalCommand(stage->script, call.environment, call.job_limits, *config, *folder);
  if (!command) return command.findings();
  if (stage->strip_git_of) {
    const auto strip = [&] {
      return StripGitCredentials(config->executor.builds_dir, *stage->strip_git_of,
                                 response->job_token());
    };
    auto stripped = command->user
                        ? InOwnProcess([&] { return AssumeIdentity(*command->user); }, strip)
                        : strip();
    if (!stripped) return std::move(stripped).findings();
  }
  command->masked = masked.get();
  auto status = RunStageProcess(*command);
  if (!status || *status == 0) return status;
  if (auto written = WriteExitCode(call.environment, std::to_string(*status)); !written) {
    Say(STDERR_FILENO, FindingsText(written.findings()));
  }
  return ExitStatus(call.environment, Outcome::kDeny);
}

}  // namespace

int RunScriptStage(const Call& call) {
  const auto result = RunStage(call);
  const int status = result ? *result : Fail(call.environment, result.findings());
  if (status != 0) DropEmptyExitCode(call.environment);
  return status;
}

}  // namespace jobwarden
