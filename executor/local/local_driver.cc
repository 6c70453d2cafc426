#include "executor/local/local_driver.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "executor/local/job_place.h"
#include "executor/local/kernel_objects.h"
#include "executor/local/keyring_filter.h"
#include "executor/local/sandbox.h"
#include "executor/local/sandbox_root.h"
#include "executor/local/shell.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
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
                 fmt::format("temporary folder {}: {}", Quote(path), ErrorText(error))};
}

// What jobs that run as the driver's own user cannot be promised, said once a job.
void Advise(const ExecutorSettings& executor) {
  constexpr std::string_view kWhatToSet = "set executor.run_as, or sandbox = \"bwrap\"";
  if (executor.shared_user) {
    Say(STDERR_FILENO, FindingsText({{Code::kSharedUser,
                                      "a job's script runs as the user who keeps this runner's "
                                      "configuration, keys and audit log, and can change them, and "
                                      "can search GitLab Runner's memory and folders for tokens",
                                      std::string(kWhatToSet)}}));
    return;
  }
  Say(STDERR_FILENO,
      fmt::format("jobwarden: advice: jobs run as GitLab Runner's own user: one can search its "
                  "memory and folders for tokens that were taken out, and for other jobs' tokens; "
                  "{}\n",
                  kWhatToSet));
}

}  // namespace

std::string TemporaryFolderIn(const std::string& job_folder) {
  return job_folder + "/job-tmp";
}

std::string StageLockIn(const std::string& job_folder) {
  return job_folder + "/stage";
}

Result<StageCommand> LocalCommand(const Secret& script, const Environment& environment,
                                  const JobLimits& limits, const Config& config,
                                  const std::string& job_folder) {
  auto shell = ShellCommand(config.executor.shell, environment.Get("PATH"));
  if (!shell) return std::move(shell).findings();
  auto input = SealedFile(script.view());
  if (!input) return std::move(input).findings();
  StageCommand command{*std::move(shell), {}, "", limits, *std::move(input)};
  if (!HasPlaces(config.executor)) {
    command.folder = TemporaryFolderIn(job_folder);
    if (auto made = MakeTemporaryFolder(command.folder); !made) return std::move(made).findings();
    command.environment =
        ScriptEnvironment(environment, {command.arguments.front(), command.folder});
    command.lock = StageLockIn(job_folder);
    command.mark = "TMPDIR=" + command.folder;
    return command;
  }

  const auto place = FindPlace(config, job_folder);
  if (!place) return place.findings();
  const bool sandboxed = config.executor.sandbox != Sandbox::kNone;
  ScriptSettings settings{command.arguments.front(), place->temporary,
                          place->user ? &*place->user : nullptr, place->home_at};
  if (place->user) {
    auto identity = IdentityOf(*place->user, Code::kDriverFailed, "executor.run_as");
    if (!identity) return std::move(identity).findings();
    if (!sandboxed && place->home_at != place->home) {
      identity->mounts = OwnMounts{place->home, place->home_at};
    }
    command.user = *std::move(identity);
    command.alone = place->alone;
  }
  if (!sandboxed) {
    command.folder = place->temporary;
    command.environment = ScriptEnvironment(environment, settings);
    return command;
  }
  auto sandbox = SandboxCommand(config, *place, job_folder, environment);
  if (!sandbox) return std::move(sandbox).findings();
  auto filter = KeyringFilter();
  if (!filter) return std::move(filter).findings();
  command.filter = *std::move(filter);
  JoinNewSessionKeyring();
  command.arguments.insert(command.arguments.begin(), sandbox->begin(), sandbox->end());
  command.sandboxed = true;
  if (!command.alone) command.lock = StageLockIn(job_folder);
  command.folder = std::string(1, '/');
  settings.temporary = kSandboxTemporary;
  command.environment = ScriptEnvironment(environment, settings);
  return command;
}

Result<LocalFolders> TakeSharedFolders(const ExecutorSettings& settings) {
  for (const auto& [path, what] :
       {std::pair(settings.builds_dir, "builds_dir"), std::pair(settings.cache_dir, "cache_dir")}) {
    auto made = MakeFolders(path, 0755, Code::kStateUnwritable, what);
    if (!made) return std::move(made).findings();
  }
  Advise(settings);
  // Several jobs of one project may run at the same time.
  return LocalFolders{settings.builds_dir, settings.cache_dir, true};
}

Status CheckPlaceUser(const ExecutorSettings& settings) {
  if (!settings.run_as.empty() && geteuid() != 0) {
    return Finding{
        Code::kConfigInvalid,
        fmt::format("executor.run_as: expected root to run this driver, got user {}", geteuid()),
        "let GitLab Runner run as root, or leave executor.run_as out"};
  }
  if (settings.run_as.empty() && geteuid() == 0) {
    // Files of the kernel's, and sockets that see who calls, obey root without any capability.
    return Finding{Code::kConfigInvalid,
                   "executor.sandbox: jobs would run as root, which a sandbox does not hold",
                   "set executor.run_as to a user that owns nothing else on this machine"};
  }
  return Ok();
}

Result<LocalFolders> TakeLocal(const std::string& shelf, const Environment& environment,
                               const Config& config, const std::string& job_folder) {
  const ExecutorSettings& settings = config.executor;
  const auto place = TakePlace(config, job_folder, shelf);
  if (!place) return place.findings();
  for (const std::string& note : place->notes) {
    Say(STDERR_FILENO, fmt::format("jobwarden: {}\n", note));
  }
  if (settings.sandbox == Sandbox::kBwrap) {
    auto sandbox = SandboxCommand(config, *place, job_folder, environment);
    const Status works =
        sandbox ? TrySandbox(*std::move(sandbox), *place) : Status(std::move(sandbox).findings());
    if (!works) {
      GiveBackLocal(config, job_folder);
      return works.findings();
    }
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
