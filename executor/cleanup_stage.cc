#include <fmt/format.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "executor/job_input.h"
#include "executor/local/local_driver.h"
#include "executor/process/leftovers.h"
#include "executor/process/stage_lock.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "executor/stage_history.h"
#include "executor/verdict.h"
#include "executor/wrap/wrapped_driver.h"
#include "verifier/admission/verdict.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

int CleanUpWrapped(const Call& call, const Config& config, const std::string& folder) {
  const ReceivedJob job = ReceiveJob(call.environment, config);
  const bool read = job.problems.empty();
  const auto masked = OutputMask(job.inventory, config, call.environment);
  const auto status =
      RunWrappedCleanup({config, call.environment, call.job_limits, folder,
                         read ? &*job.response : nullptr, read ? &job.inventory : nullptr, masked});
  if (!status) return Fail(call.environment, status.findings());
  if (*status != 0) {
    Say(STDERR_FILENO,
        fmt::format("jobwarden: warning: executor.wrap.cleanup ended with exit status {}\n",
                    *status));
  }
  return *status;
}

// Ends what the stages left, and waits for what ends it: their drivers may have been killed.
void EndStages(const Call& call, const std::string& folder, const std::string& temporary) {
  const std::string lock = StageLockIn(folder);
  if (access(lock.c_str(), F_OK) == 0) {
    if (const auto taken = StageLock::Take(lock); !taken) Fail(call.environment, taken.findings());
    unlink(lock.c_str());
  }
  if (const auto left = EndLeftovers("TMPDIR=" + temporary); !left.empty()) {
    Say(STDERR_FILENO,
        fmt::format("jobwarden: warning: processes of this job go on: {}\n", ProcessText(left)));
  }
}

}  // namespace

int RunCleanupStage(const Call& call) {
  const auto folder = JobFolder(call.environment);
  if (!folder) {
    Fail(call.environment, folder.findings());
    return 0;
  }
  const std::string temporary = TemporaryFolderIn(*folder);
  EndStages(call, *folder, temporary);
  if (auto removed = RemoveVerdict(VerdictPathIn(*folder)); !removed) {
    Fail(call.environment, removed.findings());
  }
  ForgetOwnStages(*folder);
  if (auto removed = RemoveTree(temporary); !removed) {
    Fail(call.environment, removed.findings());
  }
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) {
    Fail(call.environment, config.findings());
    return 0;
  }
  if (config->executor.driver == Driver::kWrap) return CleanUpWrapped(call, *config, *folder);
  GiveBackLocal(*config, *folder);
  return 0;
}

}  // namespace jobwarden
