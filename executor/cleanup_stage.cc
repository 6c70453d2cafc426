#include <unistd.h>

#include <exception>
#include <filesystem>
#include <string>
#include <system_error>

#include "executor/job_input.h"
#include "executor/leftovers.h"
#include "executor/stage.h"
#include "executor/verdict.h"
#include "executor/wrapped_driver.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

// A job may leave folders behind that not even their owner may change.
std::error_code RemoveTree(const fs::path& root) {
  std::error_code error;
  fs::remove_all(root, error);
  if (!error) return error;
  std::error_code ignored;
  fs::permissions(root, fs::perms::owner_all, fs::perm_options::add, ignored);
  for (fs::recursive_directory_iterator each(root, ignored), end; each != end;
       each.increment(ignored)) {
    if (!each->is_symlink(ignored) && each->is_directory(ignored)) {
      fs::permissions(each->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
    }
  }
  fs::remove_all(root, error);
  return error;
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
  if (auto removed = RemoveVerdict(*folder); !removed) {
    Fail(call.environment, removed.findings());
  }
  if (const auto error = RemoveTree(temporary)) {
    Say(STDERR_FILENO,
        "jobwarden: warning: temporary folder " + Quote(temporary) + ": " + error.message() + '\n');
  }
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) {
    Fail(call.environment, config.findings());
  } else if (config->executor.driver == Driver::kWrap) {
    RunWrappedCleanup(call, *config);
  }
  return 0;
}

}  // namespace jobwarden
