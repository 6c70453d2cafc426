#include <unistd.h>

#include "executor/job_input.h"
#include "executor/local_driver.h"
#include "executor/shell.h"
#include "executor/stage.h"
#include "executor/wrapped_driver.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/json.h"
#include "verifier/base/version.h"
#include "verifier/config/config.h"

namespace jobwarden {

int RunConfigStage(const Call& call) {
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return Fail(call.environment, config.findings());
  const ExecutorSettings& settings = config->executor;
  if (settings.driver == Driver::kWrap) return RunWrappedConfig(call, *config);
  const auto folder = JobFolder(call.environment);
  if (!folder) return Fail(call.environment, folder.findings());
  const auto folders = TakeLocal(call, *config, *folder);
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
