#include "executor/local/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "executor/local/hidden_paths.h"
#include "executor/local/keyring_filter.h"
#include "executor/local/runner_config.h"
#include "executor/local/sandbox_root.h"
#include "executor/local/ssh_includes.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr std::array kPrograms{"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"};
constexpr std::array kTrue{"/usr/bin/true", "/bin/true"};
constexpr std::string_view kRunnerConfig = "GitLab Runner's configuration";

template <class Programs>
std::optional<std::string> FirstOf(const Programs& programs) {
  for (const char* program : programs) {
    if (access(program, X_OK) == 0) return program;
  }
  return std::nullopt;
}

std::string RulesIn(const Config& config) {
  return fs::path(config.path).parent_path() / "rules.d";
}

// All that no job is to see, whichever machine this is.
std::vector<HiddenPath> WhatIsHidden(const Config& config, const std::string& job_folder,
                                     const Environment& environment) {
  std::vector<HiddenPath> hidden{
      // Other jobs' folders lie beside this one.
      {fs::path(job_folder).parent_path(), "TMPDIR of GitLab Runner"},
      {config.state_dir, "state_dir"},
      {config.executor.builds_dir, "executor.builds_dir"},
      {config.executor.cache_dir, "executor.cache_dir"},
      {config.path, "configuration", true},
      {RulesIn(config), "configuration"},
      {config.audit.file, "audit.file", true},
      {"/etc/gitlab-runner", kRunnerConfig},
  };
  // A file of rules.d may be a link that leads elsewhere.
  std::error_code error;
  for (const auto& rules : fs::directory_iterator(RulesIn(config), error)) {
    hidden.push_back({rules.path(), "configuration"});
  }
  for (const Issuer& issuer : config.issuers) hidden.push_back({issuer.keys.file, "keys.file"});
  for (std::string& path : RunnerConfigFiles(job_folder, environment)) {
    hidden.push_back({std::move(path), kRunnerConfig, true});
  }
  return hidden;
}

std::string ReadSome(const Fd& from) {
  constexpr std::size_t kMaxBytes = 1'024;
  std::string text(kMaxBytes, '\0');
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < text.size();) {
    got = read(from.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

Result<std::vector<std::string>> SandboxCommand(const Config& config, const JobPlace& place,
                                                const std::string& job_folder,
                                                const Environment& environment) {
  const auto program = FirstOf(kPrograms);
  if (!program) {
    return Finding{Code::kConfigInvalid,
                   fmt::format("executor.sandbox: there is no {}", kPrograms.front()),
                   "install bubblewrap, or set executor.sandbox = \"none\""};
  }
  std::vector<std::string> command{*program,
                                   "--unshare-pid",
                                   "--unshare-ipc",
                                   "--new-session",
                                   "--die-with-parent",
                                   "--cap-drop",
                                   "ALL"};
  AppendSandboxRoot(place.temporary, command);
  AppendCopies(place.copies, command);
  const Status appended = AppendHidden(WhatIsHidden(config, job_folder, environment),
                                       place.user ? place.user->uid : geteuid(), command);
  if (!appended) return appended.findings();
  // What is hidden may have been around these, and one of these around another.
  for (const auto& [path, source] : std::map<fs::path, std::string>{
           {place.home_at, place.home}, {place.builds, place.builds}, {place.cache, place.cache}}) {
    command.insert(command.end(), {"--bind", source, path});
  }
  command.insert(command.end(), {"--chdir", std::string(kSandboxTemporary), "--"});
  return command;
}

Status TrySandbox(std::vector<std::string> sandbox, const JobPlace& place) {
  const auto failed = [](std::string_view why) {
    return Finding{
        Code::kConfigInvalid, fmt::format("executor.sandbox: cannot be built: {}", why),
        "see that users may make namespaces here (sysctl kernel.unprivileged_userns_clone, "
        "kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces), or set "
        "executor.sandbox = \"none\""};
  };
  std::optional<Identity> identity;
  if (place.user) {
    auto found = IdentityOf(*place.user, Code::kDriverFailed, "executor.run_as");
    if (!found) return std::move(found).findings();
    identity = *std::move(found);
  }
  const auto filter = KeyringFilter();
  if (!filter) return filter.findings();
  sandbox.insert(sandbox.begin() + 1, {"--seccomp", std::to_string(filter->get())});
  sandbox.push_back(FirstOf(kTrue).value_or(kTrue.front()));
  const std::vector<char*> arguments = ExecVector(sandbox);
  std::array<char*, 1> no_environment{nullptr};
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return failed(ErrorText(errno));
  const Fd said(ends[0]);
  Fd says(ends[1]);
  const pid_t child = fork();
  if (child < 0) return failed(ErrorText(errno));
  if (child == 0) {
    const int error = identity ? AssumeIdentity(*identity) : 0;
    if (error != 0 || fcntl(filter->get(), F_SETFD, 0) != 0 ||
        dup2(says.get(), STDERR_FILENO) < 0 || chdir("/") != 0)
      _exit(127);
    execve(arguments[0], arguments.data(), no_environment.data());
    _exit(127);
  }
  says.Close();
  const std::string why = ReadSome(said);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ok() : Status(failed(Quote(why)));
}

}  // namespace jobwarden
