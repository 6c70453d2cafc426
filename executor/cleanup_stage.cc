#include <string>

#include "executor/job_input.h"
#include "executor/leftovers.h"
#include "executor/local_driver.h"
#include "executor/stage.h"
#include "executor/verdict.h"
#include "executor/wrapped_driver.h"
#include "verifier/config/config.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
int RunCleanupStage(const Call& call) {
  const auto folder = JobFolder(call.environment);
  if (!folder) {
    Fail(call.environment, folder.findings());
    return 0;
  }
  const std::string temporary = TemporaryFolderIn(*folder);
  EndLeftovers("TMPDIR=" + temporary);
  if (auto removed = RemoveVerdict(*folder); !removed) {
    Fail(call.environment, removed.findings());
  }
  if (auto removed = RemoveTree(temporary); !removed) {
    Fail(call.environment, removed.findings());
  }
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) {
    Fail(call.environment, config.findings());
  } else if (config->executor.driver == Driver::kWrap) {
    RunWrappedCleanup(call, *config);
  } else {
    GiveBackLocal(*config, *folder);
  }
  return 0;
}

}  // namespace jobwarden
