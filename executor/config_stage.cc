#include <unistd.h>

#include <utility>

#include "executor/shell.h"
#include "executor/stage.h"
#include "executor/wrapped_driver.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/json.h"
#include "verifier/base/version.h"
#include "verifier/config/config.h"
#include "verifier/os/file.h"

namespace jobwarden {

int RunConfigStage(const Call& call) {
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return Fail(call.environment, config.findings());
  const ExecutorSettings& settings = config->executor;
  if (settings.driver == Driver::kWrap) return RunWrappedConfig(call, *config);
  for (const auto& [path, what] :
       {std::pair(settings.builds_dir, "builds_dir"), std::pair(settings.cache_dir, "cache_dir")}) {
    if (auto made = MakeFolders(path, 0755, Code::kStateUnwritable, what); !made) {
      return Fail(call.environment, made.findings());
    }
  }
  if (settings.shared_user) {
    Say(STDERR_FILENO, FindingsText({{Code::kSharedUser,
                                      "a job's script runs as the user who keeps this runner's "
                                      "configuration, keys and audit log, and can change them",
                                      "",
                                      {},
                                      false}}));
  }
  // The folders are shared: several jobs of one project may run at the same time.
  const Object answer{
      {"driver", Object{{"name", "jobwarden"}, {"version", Version()}}},
      {"builds_dir", settings.builds_dir},
      {"cache_dir", settings.cache_dir},
      {"builds_dir_is_shared", true},
      {"shell", ShellName(settings.shell)},
  };
  Say(STDOUT_FILENO, WriteJson(answer) + '\n');
  return 0;
}

}  // namespace jobwarden
