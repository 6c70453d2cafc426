#include "executor/local_driver.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "executor/job_input.h"
#include "executor/shell.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

Status MakeTemporaryFolder(const std::string& path) {
  struct stat st {};
  if (mkdir(path.c_str(), 0700) == 0) return Ok();
  const int error = errno;
  if (error == EEXIST && lstat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode) &&
      st.st_uid == geteuid()) {
    return Ok();
  }
  return Finding{Code::kStateUnwritable,
                 fmt::format("temporary folder {}: {}", Quote(path), ErrorText(error)),
                 "",
                 {},
                 false};
}

}  // namespace

Result<StageCommand> LocalCommand(const Secret& script, const Call& call, const Config& config,
                                  const std::string& job_folder) {
  auto shell = ShellCommand(config.executor.shell, call.environment.Get("PATH"));
  if (!shell) return std::move(shell).findings();
  const std::string temporary = TemporaryFolderIn(job_folder);
  if (auto made = MakeTemporaryFolder(temporary); !made) return std::move(made).findings();
  auto input = SealedFile(script.view());
  if (!input) return std::move(input).findings();
  return StageCommand{*std::move(shell), ScriptEnvironment(call.environment, temporary), temporary,
                      call.job_limits, *std::move(input)};
}

}  // namespace jobwarden
