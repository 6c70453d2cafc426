#include "hooks/github/job_completed.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/github/guard_folder.h"
#include "hooks/github/id_token.h"
#include "hooks/github/runner_folder.h"
#include "hooks/github/sweep.h"
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

void RemoveTraces(const Config& config, const Environment& environment) {
  const auto runner = FindRunnerFolder(config, environment);
  if (!runner) return Warn(runner.findings());
  if (auto removed = RemoveGuardFolder(runner->guard()); !removed) Warn(removed.findings());
  if (auto removed = RemoveVerdicts(*runner); !removed) Warn(removed.findings());
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

void SweepFolders(const Config& config, const Environment& environment) {
  const std::string temp(environment.Get("RUNNER_TEMP"));
  const std::string workspace(environment.Get("GITHUB_WORKSPACE"));
  std::vector<SweptFolder> folders;
  if (!temp.empty()) folders.push_back({temp, std::string(kFileCommands), true});
  if (!workspace.empty()) folders.push_back({workspace, ""});
  std::vector<std::string> issuers;
  for (const Issuer& issuer : config.issuers) issuers.push_back(issuer.url);

  const SweepResult swept = Sweep(folders, {issuers, SystemNow(), environment.Get(kRequestToken)},
                                  [](const std::string& so_far) { Note("swept " + so_far); });
  const bool removes = config.github.sweep == SweepMode::kRemove && config.mode == Mode::kEnforce;
  std::map<std::string, bool> removed;
  std::size_t annotations = 0;
  bool stays = false;
  for (const TokenFound& found : swept.found) {
    std::string line =
        fmt::format("{}:{}: {}", Quote(found.path()), found.line, SecretKindName(found.kind));
    if (removes && found.folder == temp && Remove(found, removed)) {
      line += "; the file was removed";
    } else {
      stays = true;
    }
    if (++annotations > kMaxAnnotations) {
      Note(line);
    } else {
      Say(STDOUT_FILENO, AnnotationLine(Annotation::kWarning, "Token left behind", line));
    }
  }
  if (stays) {
    Note("later jobs of this runner could read it: remove it in the step that wrote it");
  }
  for (const std::string& why : swept.not_whole) Note("not swept: " + why);
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
  if (config->github.sweep != SweepMode::kOff) SweepFolders(*config, environment);
  return 0;
}

}  // namespace jobwarden
