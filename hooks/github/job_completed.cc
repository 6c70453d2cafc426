#include "hooks/github/job_completed.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/github/guard_folder.h"
#include "hooks/github/home_sweep.h"
#include "hooks/github/id_token.h"
#include "hooks/github/left_processes.h"
#include "hooks/github/runner_folder.h"
#include "hooks/github/runner_process.h"
#include "hooks/github/sweep.h"
#include "hooks/github/token_broker.h"
#include "hooks/github/workflow_log.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {
namespace {

// The runner shows no more annotations of one step.
constexpr std::size_t kMaxAnnotations = 10;
// The folder of RUNNER_TEMP in which steps pass values on to later steps, by GITHUB_ENV and
// GITHUB_OUTPUT. Tokens may be there on purpose, and the runner removes the folder.
constexpr std::string_view kFileCommands = "_runner_file_commands";

void Note(const std::string& text) {
  Say(STDOUT_FILENO, fmt::format("jobwarden: {}\n", text));
}

// The job is over. A fault can forbid nothing now, and must not fail the job.
void Warn(Findings findings) {
  Say(STDOUT_FILENO, FindingsAnnotated(AsWarnings(std::move(findings))));
}

// Says what the steps asked of the broker.
void EndBroker(const RunnerFolder& runner) {
  const auto news = EndTokenBroker(runner.broker());
  if (!news) return Warn(news.findings());
  std::size_t annotations = 0;
  for (const std::string& line : news->warnings) {
    if (++annotations > kMaxAnnotations) {
      Note(line);
    } else {
      Say(STDOUT_FILENO, AnnotationLine(Annotation::kWarning, "id_token refused", line));
    }
  }
  for (const std::string& line : news->notes) Note(line);
}

void RemoveTraces(const Config& config, const Environment& environment) {
  const auto runner = FindRunnerFolder(config, environment);
  if (!runner) return Warn(runner.findings());
  EndBroker(*runner);
  if (auto removed = RemoveGuardFolder(runner->guard()); !removed) Warn(removed.findings());
  if (auto removed = RemoveVerdicts(*runner); !removed) Warn(removed.findings());
}

// Tells what the job left behind. The runner shows the first of these lines on the run's page too.
class Report {
 public:
  void Tell(std::string_view title, const std::string& line) {
    if (++annotations_ > kMaxAnnotations) {
      Note(line);
    } else {
      Say(STDOUT_FILENO, AnnotationLine(Annotation::kWarning, title, line));
    }
  }

 private:
  std::size_t annotations_ = 0;
};

void SweepProcesses(bool removes, const Environment& environment, Report& report) {
  for (const LeftProcess& process : FindLeftProcesses(environment)) {
    std::string line =
        fmt::format("process {} ({}): this job left it running, and the runner does not end it",
                    process.pid, Quote(process.name));
    if (removes && EndLeftProcess(process, environment)) line += "; it was ended";
    report.Tell("Process left behind", line);
  }
}

// Removes the file and returns whether it is gone. `known` holds the results of earlier calls.
bool Remove(const TokenFound& found, std::map<std::string, bool>& known) {
  const auto [at, is_new] = known.emplace(found.path(), false);
  if (is_new) {
    auto removed = RemoveSwept(found);
    at->second = static_cast<bool>(removed);
    if (!removed) Warn(std::move(removed.findings()));
  }
  return at->second;
}

void SweepFolders(const Config& config, bool removes, const Environment& environment,
                  Report& report) {
  const std::string temp(environment.Get("RUNNER_TEMP"));
  const std::string workspace(environment.Get("GITHUB_WORKSPACE"));
  std::vector<SweptFolder> folders;
  if (!temp.empty()) folders.push_back({temp, std::string(kFileCommands), true});
  if (!workspace.empty()) folders.push_back({workspace, ""});
  std::vector<std::string> issuers;
  for (const Issuer& issuer : config.issuers) issuers.push_back(issuer.url);

  const SweepResult swept = Sweep(folders, {issuers, SystemNow(), environment.Get(kRequestToken)},
                                  [](const std::string& so_far) { Note("swept " + so_far); });
  std::map<std::string, bool> removed;
  bool stays = false;
  for (const TokenFound& found : swept.found) {
    std::string line =
        fmt::format("{}:{}: {}", Quote(found.path()), found.line, SecretKindName(found.kind));
    if (removes && found.folder == temp && Remove(found, removed)) {
      line += "; the file was removed";
    } else {
      stays = true;
    }
    report.Tell("Token left behind", line);
  }
  if (stays) {
    Note("later jobs of this runner could read it: remove it in the step that wrote it");
  }
  for (const std::string& why : swept.not_whole) Note("not swept: " + why);
}

// What no job made: the runner's folders, and what the hooks decide by.
std::vector<std::string> LeftAlone(const Config& config, const Environment& environment) {
  std::vector<std::string> paths = {config.state_dir, config.path, config.audit.file};
  for (const std::string_view name : {"RUNNER_TEMP", "RUNNER_WORKSPACE", "RUNNER_TOOL_CACHE"}) {
    paths.emplace_back(environment.Get(name));
  }
  std::erase(paths, "");
  return paths;
}

void SweepHomeFolder(const Config& config, bool removes, const Environment& environment,
                     Report& report) {
  const std::string home(environment.Get("HOME"));
  if (!home.starts_with('/') || home == "/") return;
  const auto not_swept = [&](const std::string& why) {
    Note(fmt::format("not swept: {}: {}", Quote(home), why));
  };
  const auto processes = FindRunnerProcesses();
  const auto since = processes ? StartOf(processes->worker.pid()) : std::nullopt;
  if (!since) return not_swept("nobody knows when the job began");
  if (OtherWorkerUses(home, processes->worker.pid())) {
    return not_swept("another runner of this user runs a job");
  }
  const HomeLeftovers left = SweepHome(home, LeftAlone(config, environment), *since);
  std::set<std::string> removed;
  HomeLeftovers gone;
  if (removes) {
    for (const std::string& file : left.new_files) {
      if (RemoveNewFile(home, file, *since)) gone.new_files.push_back(file);
    }
    removed.insert(gone.new_files.begin(), gone.new_files.end());
  }
  for (const HomeLeftovers::Login& login : left.logins) {
    report.Tell("Login left behind",
                fmt::format("{}: a login that this job {}{}", Quote(home + "/" + login.file),
                            login.is_new ? "made" : "changed",
                            removed.contains(login.file) ? "; the file was removed" : ""));
  }
  auto counts_gone = gone.Counts();
  for (const auto& [name, count] : left.Counts()) {
    Note(fmt::format("{}: {} file{} that this job made{}", Quote(fmt::format("{}/{}", home, name)),
                     count, count == 1 ? "" : "s",
                     removes ? fmt::format("; {} removed", counts_gone[name]) : ""));
  }
  for (const std::string& why : left.not_whole) Note("not swept: " + why);
}

}  // namespace

int RunJobCompleted(const std::string& config_path, const Environment& environment) {
  const auto config = LoadConfig(config_path, JobsRun::kByGitHubRunner);
  if (!config) {
    Warn(config.findings());
    return 0;
  }
  // First, because the sweep takes time and may be cut short.
  RemoveTraces(*config, environment);
  if (config->github.sweep == SweepMode::kOff) return 0;
  const bool removes = config->github.sweep == SweepMode::kRemove && config->mode == Mode::kEnforce;
  Report report;
  // A process that is left could write files that the next searches have passed.
  SweepProcesses(removes, environment, report);
  SweepFolders(*config, removes, environment, report);
  SweepHomeFolder(*config, removes, environment, report);
  return 0;
}

}  // namespace jobwarden
