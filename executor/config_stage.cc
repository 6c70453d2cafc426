#include <unistd.h>

#include "executor/job_input.h"
#include "executor/local/job_place.h"
#include "executor/local/local_driver.h"
#include "executor/local/shell.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "executor/wrap/wrapped_driver.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/json.h"
#include "verifier/base/version.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"

namespace jobwarden {

namespace {

// Asks the wrapped driver, where it has something to say, and prints its answer with ours.
Result<int> RunWrapped(const Call& call, const Config& config) {
  if (config.executor.wrap.config.empty()) {
    return RunWrappedConfig(
        {config, call.environment, call.job_limits, "", nullptr, nullptr, nullptr});
  }
  const auto folder = JobFolder(call.environment);
  if (!folder) return folder.findings();
  const auto response = ReadJobResponse(call.environment);
  if (!response) return response.findings();
  const auto inventory =
      TakeJobInventory(response->variables(), *response, call.environment, config);
  if (!inventory) return inventory.findings();
  const auto masked = OutputMask(*inventory, config);
  return RunWrappedConfig(
      {config, call.environment, call.job_limits, *folder, &*response, &*inventory, masked.get()});
}

Result<LocalFolders> TakeLocalPlace(const Call& call, const Config& config) {
  const auto folder = JobFolder(call.environment);
  if (!folder) return folder.findings();
  if (!HasPlaces(config.executor)) return TakeSharedFolders(config.executor);
  if (auto checked = CheckPlaceUser(config.executor); !checked) return checked.findings();
  const auto response = ReadJobResponse(call.environment);
  if (!response) return response.findings();
  return TakeLocal(response->job(), call.environment, config, *folder);
}

}  // namespace

int RunConfigStage(const Call& call) {
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return Fail(call.environment, config.findings());
  Say(STDERR_FILENO, FindingsText(config->warnings));
  const ExecutorSettings& settings = config->executor;
  if (settings.driver == Driver::kWrap) {
    const auto status = RunWrapped(call, *config);
    return status ? *status : Fail(call.environment, status.findings());
  }
  const auto folders = TakeLocalPlace(call, *config);
  if (!folders) return Fail(call.environment, folders.findings());
  const Object answer{
      {"driver", Object{{"name", "jobwarden"}, {"version", Version()}}},
      {"builds_dir", folders->builds},
      {"cache_dir", folders->cache},
      {"builds_dir_is_shared", folders->shared},
      {"shell", ShellName(settings.shell)},
  };
  Say(STDOUT_FILENO, WriteJson(answer) + '\n');
  return 0;
}

}  // namespace jobwarden
