#include <unistd.h>

#include "executor/job_input.h"
#include "executor/local/job_place.h"
#include "executor/local/local_driver.h"
#include "executor/local/shelf.h"
#include "executor/local/shell.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "executor/wrap/wrapped_driver.h"
#include "verifier/admission/job_log.h"
#include "verifier/audit/audit.h"
#include "verifier/base/json.h"
#include "verifier/base/version.h"
#include "verifier/config/config.h"
#include "verifier/config/job_groups.h"
#include "verifier/os/fd.h"

namespace jobwarden {

namespace {

// In report mode a job that cannot be read goes on; `prepare` says what is wrong with it.
bool Stops(const ReceivedJob& job, const Config& config) {
  return !job.problems.empty() && config.mode == Mode::kEnforce;
}

// Asks the wrapped driver, where it has something to say, and prints its answer with ours.
Result<int> RunWrapped(const Call& call, const Config& config) {
  if (config.executor.wrap.config.empty()) {
    return RunWrappedConfig(
        {config, call.environment, call.job_limits, "", nullptr, nullptr, nullptr});
  }
  const auto folder = JobFolder(call.environment);
  if (!folder) return folder.findings();
  const ReceivedJob job = ReceiveJob(call.environment, config);
  if (Stops(job, config)) return job.problems;
  const bool read = job.problems.empty();
  const auto masked = OutputMask(job.inventory, config, call.environment);
  return RunWrappedConfig({config, call.environment, call.job_limits, *folder,
                           read ? &*job.response : nullptr, read ? &job.inventory : nullptr,
                           masked});
}

Result<LocalFolders> TakeLocalPlace(const Call& call, const Config& config) {
  const auto folder = JobFolder(call.environment);
  if (!folder) return folder.findings();
  if (!HasPlaces(config.executor)) return TakeSharedFolders(config.executor);
  const auto response = ReadJobResponse(call.environment);
  if (!response && config.mode == Mode::kEnforce) return response.findings();
  // Nothing is kept of a job that nobody can read.
  const std::string shelf = response ? ShelfName(*response) : "";
  return TakeLocal(shelf, call.environment, config, *folder);
}

}  // namespace

int RunConfigStage(const Call& call) {
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return Fail(call.environment, config.findings());
  Say(STDERR_FILENO, FindingsText(config->warnings));
  const ExecutorSettings& settings = config->executor;
  if (HasPlaces(settings)) {
    const auto checked = CheckPlaceUser(settings);
    if (!checked) return Fail(call.environment, checked.findings());
    const auto fit = CheckJobGroups(settings.run_as);
    if (!fit) return Fail(call.environment, fit.findings());
  }
  // `prepare` would say it too, but after a place was taken and the job was checked.
  if (config->mode == Mode::kEnforce && config->audit.required) {
    auto recordable = CheckAudit(config->audit, config->job_users);
    if (!recordable) return Fail(call.environment, std::move(recordable).findings());
  }
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
