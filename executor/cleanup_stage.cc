#include <fmt/format.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "executor/job_input.h"
#include "executor/local/local_driver.h"
#include "executor/process/leftovers.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "executor/verdict.h"
#include "executor/wrap/wrapped_driver.h"
#include "verifier/admission/verdict.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

void CleanUpWrapped(const Call& call, const Config& config, const std::string& folder) {
  const auto response = ReadJobResponse(call.environment);
  Inventory inventory;
  bool read = false;
  if (response) {
    auto taken = TakeJobInventory(response->variables(), *response, call.environment, config);
    read = static_cast<bool>(taken);
    if (taken) inventory = *std::move(taken);
  }
  const auto masked = OutputMask(inventory, config);
  const auto status =
      RunWrappedCleanup({config, call.environment, call.job_limits, folder,
                         read ? &*response : nullptr, read ? &inventory : nullptr, masked.get()});
  if (!status) {
    Fail(call.environment, status.findings());
  } else if (*status != 0) {
    Say(STDERR_FILENO,
        fmt::format("jobwarden: warning: executor.wrap.cleanup ended with exit status {}\n",
                    *status));
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
  EndLeftovers("TMPDIR=" + temporary);
  if (auto removed = RemoveVerdict(VerdictPathIn(*folder)); !removed) {
    Fail(call.environment, removed.findings());
  }
  if (auto removed = RemoveTree(temporary); !removed) {
    Fail(call.environment, removed.findings());
  }
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) {
    Fail(call.environment, config.findings());
  } else if (config->executor.driver == Driver::kWrap) {
    CleanUpWrapped(call, *config, *folder);
  } else {
    GiveBackLocal(*config, *folder);
  }
  return 0;
}

}  // namespace jobwarden
