#include "verifier/cli/install_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/cli/choose_runner.h"
#include "verifier/cli/doctor_command.h"
#include "verifier/cli/print.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"
#include "verifier/wiring/edit.h"
#include "verifier/wiring/github_env.h"
#include "verifier/wiring/github_services.h"
#include "verifier/wiring/gitlab_config.h"
#include "verifier/wiring/wired_file.h"

namespace jobwarden {
namespace {

/// The path of a file beside this program that the runner is to start.
Result<std::string> Beside(std::string_view name) {
  auto path = SiblingProgram(name, Code::kDriverFailed);
  if (path && access(path->c_str(), R_OK) != 0) {
    return Finding{Code::kConfigInvalid, fmt::format("{}: {}", *path, ErrorText(errno)),
                   "install all of jobwarden's programs and hook files into one folder"};
  }
  return path;
}

int Undo(const std::string& path, std::string_view then) {
  if (const Status undone = UndoWired(path); !undone) return Fail(undone.findings());
  return Answer(fmt::format("jobwarden: {}: as it was before\n{}", path, then), Outcome::kAllow);
}

/// Shows the change and makes it. `then` says what the administrator does next.
int Carry(const std::string& path, const std::string& text, const Wiring& wiring,
          const InstallOptions& options, std::string_view then) {
  if (wiring.edits.empty()) {
    return Answer(fmt::format("jobwarden: {}: is wired already\n", path), Outcome::kAllow);
  }
  std::string answer = DiffText(path, text, wiring.edits);
  if (!wiring.to_add.empty()) {
    answer += fmt::format(
        "jobwarden: to go on using what this replaces, add to jobwarden's configuration:\n    {}\n",
        Join(wiring.to_add, "\n    "));
  }
  // A change that nobody could see is not made.
  const int shown = Answer(answer, Outcome::kAllow);
  if (options.dry_run || shown != ExitCodeOf(Outcome::kAllow)) return shown;
  const auto backup = WriteWired(path, text, Apply(text, wiring.edits));
  if (!backup) return Fail(backup.findings());
  return Answer(
      fmt::format("jobwarden: {}: changed; the file as it was: {}\n{}", path, *backup, then),
      Outcome::kAllow);
}

/// Ends an installation that went well: what doctor finds on the machine decides the exit code. A
/// wiring alone does not protect, and one without a good policy runs no job.
int EndWithDoctor(const std::string& path, const std::string& config_path,
                  const DoctorOptions& runner) {
  if (!Say(STDOUT_FILENO, "\njobwarden doctor:\n")) return ExitCodeOf(Outcome::kError);
  const int exit_code = RunDoctor(config_path, runner);
  if (exit_code == ExitCodeOf(Outcome::kDeny)) {
    Say(STDERR_FILENO,
        fmt::format("jobwarden: {} is wired, but a check of doctor failed\n"
                    "  hint: mend what failed, and run this again; with --undo the file is as it "
                    "was before\n",
                    path));
  }
  return exit_code;
}

}  // namespace

int RunInstallGitLab(const std::string& config_path, bool config_given,
                     const InstallOptions& options) {
  constexpr std::string_view kThen = "GitLab Runner reads the file again by itself\n";
  if (options.undo) return Undo(options.file, kThen);
  const auto program = Beside("jobwarden-executor");
  if (!program) return Fail(program.findings());
  GitLabDriver driver{*program, ""};
  // The driver starts in another folder than this program.
  if (config_given) driver.config = std::filesystem::absolute(config_path).lexically_normal();
  const auto text = ReadWired(options.file);
  if (!text) return Fail(text.findings());
  const auto runners = GitLabRunners(options.file, *text);
  if (!runners) return Fail(runners.findings());
  std::vector<std::string> names;
  for (const GitLabRunner& runner : *runners) names.push_back(runner.name);
  const auto index = ChooseRunner(names, options.runner);
  if (!index) return Fail(index.findings());
  const auto wiring = WireGitLabRunner(options.file, *text, *index, driver, options.replace);
  if (!wiring) return Fail(wiring.findings());
  const int exit_code = Carry(options.file, *text, *wiring, options, kThen);
  if (options.dry_run || exit_code != ExitCodeOf(Outcome::kAllow)) return exit_code;
  DoctorOptions runner_here;
  runner_here.gitlab_config = options.file;
  return EndWithDoctor(options.file, config_path, runner_here);
}

int RunInstallGitHub(const std::string& config_path, const InstallOptions& options) {
  constexpr std::string_view kThen =
      "the runner reads the file when it starts: restart it (./svc.sh stop; ./svc.sh start)\n";
  const auto hook = Beside("job-started.sh");
  if (!hook) return Fail(hook.findings());
  std::string folder = options.runner;
  if (!folder.starts_with('/')) {
    std::vector<std::string> folders;
    for (const GitHubService& each : GitHubServices()) folders.push_back(each.folder);
    if (folders.empty()) {
      return Fail({{Code::kConfigInvalid, "no GitHub runner is a service of this machine",
                    "name the runner's folder by its absolute path: --runner /FOLDER"}});
    }
    const auto index = ChooseRunner(folders, options.runner);
    if (!index) return Fail(index.findings());
    folder = folders[*index];
  }
  const std::string path = folder + "/.env";
  if (options.undo) return Undo(path, kThen);
  const auto text = ReadWired(path);
  if (!text) return Fail(text.findings());
  const auto wiring =
      WireGitHubEnv(path, *text, hook->substr(0, hook->rfind('/')), options.replace);
  if (!wiring) return Fail(wiring.findings());
  const int exit_code = Carry(path, *text, *wiring, options, kThen);
  if (options.dry_run || exit_code != ExitCodeOf(Outcome::kAllow)) return exit_code;
  DoctorOptions runner_here;
  runner_here.github_folder = folder;
  return EndWithDoctor(path, config_path, runner_here);
}

}  // namespace jobwarden
