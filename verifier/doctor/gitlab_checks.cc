// GitLab Runner: config.toml, and its version.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/doctor/access.h"
#include "verifier/doctor/checks.h"
#include "verifier/doctor/version_text.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"
#include "verifier/wiring/gitlab_stages.h"

namespace jobwarden {
namespace {

constexpr std::string_view kDriver = "jobwarden-executor";

const std::string* TextIn(const Node* table, std::string_view key) {
  const Node* value = table == nullptr ? nullptr : table->Find(key);
  return value == nullptr ? nullptr : value->As<std::string>();
}

bool Named(const std::string& path, std::string_view name) {
  return path == name || path.ends_with("/" + std::string(name));
}

std::string RunnerName(const RunnerTable& runner) {
  return fmt::format("runner {}", Quote(runner.name));
}

// What keeps the driver at `path` from being a gate; nothing if it is one.
std::vector<Diagnosis> LookAtDriver(const std::string& path, const Patient& patient) {
  const std::string mend = fmt::format("install it: install -m 0755 -o root {} {}", kDriver, path);
  if (!path.starts_with('/')) {
    return {{Health::kFailed, fmt::format("{} is not an absolute path", Quote(path)),
             "write the whole path: what PATH is when it is started is not known"}};
  }
  if (access(path.c_str(), X_OK) != 0) {
    return {
        {Health::kFailed, fmt::format("{} cannot be started: {}", path, ErrorText(errno)), mend}};
  }
  const Fd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
  const auto checked = CheckWriters(fd, path, std::nullopt, Code::kDriverFailed, "driver");
  if (!checked) return {{Health::kFailed, checked.findings().front().message, mend}};
  for (const User& user : patient.job_users) {
    if (user.uid == 0 || !MayAccess(path, user, Access::kWrite)) continue;
    return {{Health::kFailed,
             fmt::format("user {}, as whom jobs run, can change {}", user.name, path), mend}};
  }
  return {};
}

// A runner with another executor, which has no place for a gate.
Diagnosis OtherExecutor(const RunnerTable& runner) {
  const std::string* executor = TextIn(runner.table, "executor");
  const std::string* script = TextIn(runner.table, "pre_build_script");
  const bool advised = script != nullptr && Contains(*script, "jobwarden-hook");
  return {Health::kWarning,
          fmt::format("{}: executor {}: {}", RunnerName(runner),
                      executor == nullptr ? "none" : Quote(*executor),
                      advised ? "jobwarden-hook advises there, and is not a gate"
                              : "jobwarden does not see its jobs"),
          "use executor = \"custom\" with jobwarden-executor for what has something to lose"};
}

bool IsSameFile(const std::string& one, const std::string& other) {
  std::error_code error;
  return one == other || std::filesystem::equivalent(one, other, error);
}

std::vector<Diagnosis> LookAtRunner(const RunnerTable& runner, const Patient& patient) {
  const std::string* executor = TextIn(runner.table, "executor");
  if (executor == nullptr || *executor != "custom") return {OtherExecutor(runner)};
  const Node* custom = runner.table->Find("custom");
  std::vector<Diagnosis> all;
  std::vector<std::string> drivers;
  std::vector<std::string> configs;
  const auto add = [](std::vector<std::string>& to, const std::string& text) {
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(text);
  };
  for (const std::string stage : kDriverStages) {
    const auto call = DriverCallOf(custom, stage);
    if (call && Named(call->program, kDriver)) {
      add(drivers, call->program);
      add(configs, call->config);
    } else {
      const std::string* exec = TextIn(custom, stage + "_exec");
      all.push_back(
          {Health::kFailed,
           fmt::format("{}: {}_exec is not {} with the argument {}: got {}", RunnerName(runner),
                       stage, kDriver, Quote(stage), exec == nullptr ? "nothing" : Quote(*exec)),
           fmt::format("write {0}_exec = \"/opt/jobwarden/{1}\" and {0}_args = "
                       "[\"{0}\"] into [runners.custom]",
                       stage, kDriver)});
    }
  }
  for (const std::string& config : configs) {
    if (IsSameFile(config, patient.machine.config_path)) continue;
    all.push_back({Health::kWarning,
                   fmt::format("{}: its driver reads {}; this looks at {}", RunnerName(runner),
                               config, patient.machine.config_path),
                   "look with --config " + config});
  }
  for (const std::string& driver : drivers) {
    for (Diagnosis& each : LookAtDriver(driver, patient)) all.push_back(std::move(each));
  }
  if (all.empty()) {
    all.push_back({Health::kOk,
                   fmt::format("{}: all four stages are {}", RunnerName(runner), drivers.front())});
  }
  return all;
}

bool IsCustom(const RunnerTable& runner) {
  const std::string* executor = TextIn(runner.table, "executor");
  return executor != nullptr && *executor == "custom";
}

}  // namespace

std::vector<Diagnosis> LookAtGitLabStages(const Patient& patient) {
  if (!patient.HasGitLab()) return {};
  if (!patient.gitlab_problem.empty()) {
    return {{Health::kFailed, patient.gitlab_problem,
             "name GitLab Runner's config.toml with --gitlab, and look as root"}};
  }
  if (patient.runners.empty() && OddKeys(*patient.gitlab).empty()) {
    return {{Health::kFailed, patient.machine.gitlab_config + " has no [[runners]]",
             "register the runner: gitlab-runner register"}};
  }
  std::vector<Diagnosis> all;
  for (const OddKey& key : OddKeys(*patient.gitlab)) {
    all.push_back({Health::kFailed,
                   fmt::format("{}:{}: GitLab Runner reads the key {} as {} too",
                               patient.machine.gitlab_config, key.place.line, Quote(key.written),
                               Quote(key.name)),
                   "write it in small letters, once"});
  }
  for (const RunnerTable& runner : patient.runners) {
    for (Diagnosis& each : LookAtRunner(runner, patient)) all.push_back(std::move(each));
  }
  return all;
}

std::vector<Diagnosis> LookAtGitLabFeatures(const Patient& patient) {
  // Where the job token lies on disk, and whether the runner itself masks all of its tokens.
  constexpr const char* kFlags[] = {"FF_GIT_URLS_WITHOUT_TOKENS", "FF_MASK_ALL_DEFAULT_TOKENS"};
  std::vector<Diagnosis> all;
  for (const RunnerTable& runner : patient.runners) {
    if (!IsCustom(runner)) continue;
    const Node* flags = runner.table->Find("feature_flags");
    std::vector<std::string> open;
    for (const char* flag : kFlags) {
      if (flags == nullptr || flags->Find(flag) == nullptr) open.emplace_back(flag);
    }
    if (open.empty()) {
      all.push_back({Health::kOk, RunnerName(runner) + ": jobs cannot change its feature flags"});
    } else {
      all.push_back(
          {Health::kWarning,
           fmt::format("{}: a job's variables can change {}", RunnerName(runner), Join(open, ", ")),
           "set them in [runners.feature_flags] of config.toml, to true or false"});
    }
  }
  return all;
}

std::vector<Diagnosis> LookAtGitLabCredentials(const Patient& patient) {
  if (!patient.HasGitLab() || !patient.gitlab_problem.empty()) return {};
  const std::string& path = patient.machine.gitlab_config;
  constexpr uid_t kNobody = 65534;
  if (MayAccess(path, {"nobody", kNobody, kNobody, "", ""}, Access::kRead)) {
    return {{Health::kFailed, path + " can be read by everybody", "chmod 0600 " + path}};
  }
  for (const User& user : patient.job_users) {
    if (user.uid == 0 || !MayAccess(path, user, Access::kRead)) continue;
    // In the sandbox the file is out of sight.
    const bool hidden = patient.config && patient.config->executor.sandbox == Sandbox::kBwrap;
    return {{hidden ? Health::kWarning : Health::kFailed,
             fmt::format("user {}, as whom jobs run, can read {}{}", user.name, path,
                         hidden ? " outside of the sandbox" : ""),
             "chmod 0600 " + path + ", and let jobs run as another user (executor.run_as)"}};
  }
  return {{Health::kOk, path + " cannot be read by jobs"}};
}

std::vector<Diagnosis> LookAtGitLabVersion(const Patient& patient) {
  if (!patient.HasGitLab()) return {};
  for (const char* place : {"/usr/bin/gitlab-runner", "/usr/local/bin/gitlab-runner"}) {
    const std::string path = patient.System(place);
    if (access(path.c_str(), X_OK) != 0) continue;
    const Fd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
    // It is started by whoever examines, so nobody else may be able to change it.
    const auto checked = CheckWriters(fd, path, std::nullopt, Code::kDriverFailed, "program");
    if (!checked) return {{Health::kFailed, checked.findings().front().message, "let root own it"}};
    const auto end = RunProgram({.path = path,
                                 .arguments = {"--version"},
                                 .environment = {},
                                 .input = {},
                                 .timeout = std::chrono::seconds(5)},
                                Code::kDriverFailed, "program");
    if (!end) {
      return {{Health::kFailed, end.findings().front().message, "see that root can start it"}};
    }
    const auto version = FindVersion(end->output, "Version:");
    if (!version) return {{Health::kWarning, path + " --version shows no version"}};
    constexpr RunnerVersion kFloor{14, 1, 0};
    if (*version < kFloor) {
      return {{Health::kFailed, fmt::format("GitLab Runner is {}", TextOf(*version)),
               "14.1 or newer is needed: older ones hand over no job response"}};
    }
    return {{Health::kOk, fmt::format("GitLab Runner is {}", TextOf(*version))}};
  }
  return {{Health::kWarning, "no gitlab-runner in /usr/bin or /usr/local/bin",
           "look by hand that it is 14.1 or newer"}};
}

}  // namespace jobwarden
