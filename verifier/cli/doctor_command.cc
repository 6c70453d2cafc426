#include "verifier/cli/doctor_command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/cli/print.h"
#include "verifier/cli/terminal.h"
#include "verifier/doctor/check.h"
#include "verifier/doctor/probe.h"
#include "verifier/metrics/counting.h"
#include "verifier/metrics/metrics_file.h"
#include "verifier/os/clock.h"

namespace jobwarden {
namespace {

constexpr const char* kGitLabConfig = "/etc/gitlab-runner/config.toml";

Machine MachineOf(const std::string& config_path, const DoctorOptions& options) {
  Machine machine;
  // Drivers and hooks name it by its whole path.
  machine.config_path = std::filesystem::absolute(config_path).lexically_normal();
  machine.gitlab_config = options.gitlab_config;
  machine.github_folder = options.github_folder;
  if (machine.github_folder.size() > 1 && machine.github_folder.ends_with('/')) {
    machine.github_folder.pop_back();
  }
  const bool is_there = access(kGitLabConfig, F_OK) == 0;
  if (machine.gitlab_config.empty() && machine.github_folder.empty() && is_there) {
    machine.gitlab_config = kGitLabConfig;
  }
  return machine;
}

std::size_t Count(const std::vector<Diagnosis>& all, Health health) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Diagnosis& each) { return each.health == health; }));
}

std::string Json(const std::vector<Diagnosis>& all) {
  Array checks;
  for (const Diagnosis& each : all) {
    checks.emplace_back(Object{{"id", each.id},
                               {"status", HealthName(each.health)},
                               {"seen", each.seen},
                               {"hint", each.advice}});
  }
  return WriteJson(Object{{"format", 1},
                          {"ok", Count(all, Health::kFailed) == 0},
                          {"warnings", static_cast<std::int64_t>(Count(all, Health::kWarning))},
                          {"failed", static_cast<std::int64_t>(Count(all, Health::kFailed))},
                          {"checks", std::move(checks)}});
}

std::string Text(const std::vector<Diagnosis>& all, const Terminal& terminal) {
  // What was seen may be the words of a job: it must not reach root's terminal as commands.
  const auto shown = [](const std::string& words) { return Visible(words, std::string::npos); };
  std::string text;
  for (const Diagnosis& each : all) {
    const Color color = each.health == Health::kOk        ? Color::kGreen
                        : each.health == Health::kWarning ? Color::kYellow
                                                          : Color::kRed;
    text += fmt::format("{} {}: {}\n",
                        terminal.In(color, fmt::format("{:<7}", HealthName(each.health))), each.id,
                        shown(each.seen));
    if (!each.advice.empty()) text += fmt::format("        hint: {}\n", shown(each.advice));
  }
  const std::size_t warnings = Count(all, Health::kWarning);
  return text + fmt::format("jobwarden: {} ok, {} warning{}, {} failed\n", Count(all, Health::kOk),
                            warnings, warnings == 1 ? "" : "s", Count(all, Health::kFailed));
}

// The result of the probe of each runner, for whoever is told of metrics alone.
void CountProbe(const Patient& patient, const std::vector<Diagnosis>& found) {
  if (!patient.config) return;
  const std::string& file = patient.config->audit.metrics_file;
  // Hooks count as another user, and could not use a lock that root made. They make it themselves.
  struct stat folder {};
  const bool is_mine = stat(std::filesystem::path(file).parent_path().c_str(), &folder) == 0 &&
                       folder.st_uid == geteuid();
  if (file.empty() || (!is_mine && access((file + ".lock").c_str(), F_OK) != 0)) return;
  std::map<std::string, bool> passed;  // by target
  for (const Diagnosis& each : found) {
    const bool good = each.health != Health::kFailed;
    const auto [known, is_new] =
        passed.emplace(each.id == "probe-github" ? "hook" : "driver", good);
    if (!is_new) known->second = known->second && good;
  }
  PrintFindings(UpdateMetrics(file, [&](MetricSet& metrics) {
    for (const auto& [target, good] : passed) NoteProbe(metrics, target, good, SystemNow());
  }));
}

}  // namespace

int RunDoctor(const std::string& config_path, const DoctorOptions& options) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const Patient patient = Receive(MachineOf(config_path, options));
  auto all = Examine(patient);
  if (options.probe) {
    auto found = Probe(patient);
    CountProbe(patient, found);
    for (Diagnosis& each : found) all.push_back(std::move(each));
  }
  const Outcome outcome = Count(all, Health::kFailed) == 0 ? Outcome::kAllow : Outcome::kDeny;
  return Answer(options.json ? Json(all) + "\n" : Text(all, Terminal(STDOUT_FILENO)), outcome);
}

}  // namespace jobwarden
