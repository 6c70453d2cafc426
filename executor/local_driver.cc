#include "executor/local_driver.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "executor/job_input.h"
#include "executor/job_place.h"
#include "executor/sandbox.h"
#include "executor/shell.h"
#include "verifier/admission/job_log.h"
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

// What a job that looks for them can read or change where it runs as the runner's own user.
constexpr std::string_view kSameUser =
    "jobwarden: advice: jobs run as the user of GitLab Runner itself, whose memory and folders a "
    "hostile job can search for tokens, other jobs' and those that were taken out; set "
    "executor.run_as, or sandbox = \"bwrap\"\n";
constexpr std::string_view kRootInside =
    "jobwarden: advice: jobs run as root, though in a sandbox; set executor.run_as\n";

}  // namespace

Result<StageCommand> LocalCommand(const Secret& script, const Call& call, const Config& config,
                                  const std::string& job_folder) {
  auto shell = ShellCommand(config.executor.shell, call.environment.Get("PATH"));
  if (!shell) return std::move(shell).findings();
  auto input = SealedFile(script.view());
  if (!input) return std::move(input).findings();
  StageCommand command{*std::move(shell), {}, "", call.job_limits, *std::move(input)};
  if (!HasPlaces(config.executor)) {
    command.folder = TemporaryFolderIn(job_folder);
    if (auto made = MakeTemporaryFolder(command.folder); !made) return std::move(made).findings();
    command.environment = ScriptEnvironment(call.environment, {}, command.folder);
    return command;
  }

  const auto place = FindPlace(config, job_folder);
  if (!place) return place.findings();
  ScriptUser user{nullptr, HomeOf(*place, call.environment)};
  if (place->user) {
    auto identity = IdentityOf(*place->user, Code::kDriverFailed, "executor.run_as");
    if (!identity) return std::move(identity).findings();
    command.user = *std::move(identity);
    user.user = &*place->user;
  }
  if (config.executor.sandbox == Sandbox::kNone) {
    command.folder = place->temporary;
    command.environment = ScriptEnvironment(call.environment, user, place->temporary);
    return command;
  }
  auto sandbox = SandboxCommand(config, *place, job_folder, call.environment);
  if (!sandbox) return std::move(sandbox).findings();
  command.arguments.insert(command.arguments.begin(), sandbox->begin(), sandbox->end());
  command.sandboxed = true;
  command.folder = std::string(1, '/');
  command.environment = ScriptEnvironment(call.environment, user, std::string(kSandboxTemporary));
  return command;
}

Result<LocalFolders> TakeLocal(const Call& call, const Config& config,
                               const std::string& job_folder) {
  const ExecutorSettings& settings = config.executor;
  if (!HasPlaces(settings)) {
    for (const auto& [path, what] : {std::pair(settings.builds_dir, "builds_dir"),
                                     std::pair(settings.cache_dir, "cache_dir")}) {
      auto made = MakeFolders(path, 0755, Code::kStateUnwritable, what);
      if (!made) return std::move(made).findings();
    }
    Say(STDERR_FILENO, kSameUser);
    // Several jobs of one project may run at the same time.
    return LocalFolders{settings.builds_dir, settings.cache_dir, true};
  }
  if (!settings.run_as.empty() && geteuid() != 0) {
    return Finding{
        Code::kConfigInvalid,
        fmt::format("executor.run_as: expected root to run this driver, got user {}", geteuid()),
        "let GitLab Runner run as root, or leave executor.run_as out",
        {},
        false};
  }
  const auto response = ReadJobResponse(call.environment);
  if (!response) return response.findings();
  const auto place = TakePlace(config, job_folder, response->job());
  if (!place) return place.findings();
  if (settings.sandbox == Sandbox::kBwrap) {
    auto sandbox = SandboxCommand(config, *place, job_folder, call.environment);
    const Status works =
        sandbox ? TrySandbox(*std::move(sandbox), *place) : Status(std::move(sandbox).findings());
    if (!works) {
      GiveBackLocal(config, job_folder);
      return works.findings();
    }
    if (geteuid() == 0 && !place->user) Say(STDERR_FILENO, kRootInside);
  }
  return LocalFolders{place->builds, place->cache, false};
}

void GiveBackLocal(const Config& config, const std::string& job_folder) {
  if (!HasPlaces(config.executor)) return;
  if (auto given = GiveBackPlace(config, job_folder); !given) {
    Say(STDERR_FILENO, FindingsText(given.findings()));
  }
}

}  // namespace jobwarden
