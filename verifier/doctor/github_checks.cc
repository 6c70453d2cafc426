// GitHub's runner: its folder, .env, and processes.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/doctor/access.h"
#include "verifier/doctor/checks.h"
#include "verifier/doctor/github_env.h"
#include "verifier/doctor/reach.h"
#include "verifier/doctor/version_text.h"
#include "verifier/os/file.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 1 << 20;

std::string FolderOf(const Patient& patient) {
  return patient.machine.github_folder;
}

// What is wrong with a file that the runner starts; nothing if nothing is.
std::vector<Diagnosis> LookAtFile(const std::string& path, const Patient& patient, bool starts) {
  // A job can write the path into .env, and a person who trusts this hint into a shell.
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
  const bool plain = path.find_first_not_of(kPlain) == std::string::npos;
  const std::string mend = plain ? fmt::format("chown root {0}; chmod 0755 {0}", path)
                                 : "let root own it, with the mode 0755";
  const Fd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) {
    return {{Health::kFailed, fmt::format("{}: {}", path, ErrorText(errno)),
             "install the hook files there, with the programs beside them"}};
  }
  const auto checked = CheckWriters(fd, path, std::nullopt, Code::kConfigInvalid, "hook");
  if (!checked) return {{Health::kFailed, checked.findings().front().message, mend}};
  const auto& user = patient.github_user;
  if (user && user->uid != 0 && MayAccess(path, *user, Access::kWrite)) {
    return {{Health::kFailed,
             fmt::format("user {}, as whom steps run, can change {}", user->name, path), mend}};
  }
  struct stat st {};
  if (starts && (fstat(fd.get(), &st) != 0 || (st.st_mode & S_IXOTH) == 0)) {
    return {{Health::kFailed, path + " may not be started by everybody", mend}};
  }
  return {};
}

std::vector<Diagnosis> LookAtHook(const Result<GitHubEnv>& env, const Patient& patient,
                                  const std::string& name, const std::string& file) {
  const std::string path = GitHubSetting(env, name);
  if (!path.starts_with('/') || fs::path(path).filename() != file) {
    return {{Health::kFailed,
             fmt::format("{}/.env: {} is not {}: got {}", FolderOf(patient), name, file,
                         path.empty() ? "nothing" : Quote(path)),
             fmt::format("write {}=/opt/jobwarden/{} there, and restart the runner", name, file)}};
  }
  auto all = LookAtFile(path, patient, path.ends_with(".sh"));
  const auto text = ReadFile(path, kMaxBytes, Code::kConfigInvalid, "hook");
  if (text && !Contains(*text, patient.machine.config_path)) {
    all.push_back(
        {Health::kWarning,
         fmt::format("{} does not name {}, at which this looks", path, patient.machine.config_path),
         "look with --config at the configuration that the hook files name"});
  }
  const fs::path folder = fs::path(path).parent_path();
  for (const char* program : {"jobwarden", "jobwarden-hook"}) {
    for (Diagnosis& each : LookAtFile(folder / program, patient, true)) {
      all.push_back(std::move(each));
    }
  }
  const bool guards = patient.config && patient.config->github.step_tokens != StepAccess::kAll;
  if (guards) {
    for (Diagnosis& each : LookAtFile(folder / "jobwarden-guard", patient, true)) {
      all.push_back(std::move(each));
    }
  }
  return all;
}

bool IsEphemeral(const Patient& patient) {
  const auto text =
      ReadFile(FolderOf(patient) + "/.runner", kMaxBytes, Code::kConfigInvalid, "the runner's");
  if (!text) return false;
  std::string_view json = *text;
  TakePrefix(json, "\xEF\xBB\xBF");  // .NET writes a mark of its encoding
  const auto settings = ParseJson(json, {.max_bytes = kMaxBytes}, Code::kConfigInvalid, ".runner");
  if (!settings) return false;
  for (const char* name : {"ephemeral", "Ephemeral"}) {
    const auto* value = settings->Find(name);
    if (value != nullptr && value->AsBool() == true) return true;
    const auto* word = value == nullptr ? nullptr : value->AsString();
    if (word != nullptr && (*word == "true" || *word == "True")) return true;
  }
  return false;
}

// The version in the target of the link `bin`, which the runner's own update makes, or in the last
// of its logs.
std::optional<RunnerVersion> InstalledVersion(const std::string& folder) {
  std::error_code error;
  const std::string bin = fs::read_symlink(folder + "/bin", error).filename();
  if (const auto version = FindVersion(bin, "bin.")) return version;
  std::string last;
  for (const auto& each : fs::directory_iterator(folder + "/_diag", error)) {
    const std::string name = each.path().filename();
    if (name.starts_with("Runner_") && name > last) last = name;
  }
  if (last.empty()) return std::nullopt;
  const auto log = ReadFile(folder + "/_diag/" + last, 64 * kMaxBytes, Code::kConfigInvalid, "log");
  return log ? FindVersion(*log, "Version:") : std::nullopt;
}

}  // namespace

std::vector<Diagnosis> LookAtGitHubHooks(const Patient& patient) {
  if (!patient.HasGitHub()) return {};
  const auto env = ReadGitHubEnv(patient);
  if (!env) {
    return {{Health::kFailed, env.findings().front().message,
             "name the runner's folder with --github, and look as root"}};
  }
  std::vector<Diagnosis> all;
  for (const auto& [name, file] :
       {std::pair("ACTIONS_RUNNER_HOOK_JOB_STARTED", "job-started.sh"),
        std::pair("ACTIONS_RUNNER_HOOK_JOB_COMPLETED", "job-completed.js")}) {
    for (Diagnosis& each : LookAtHook(env, patient, name, file)) {
      const bool known = std::any_of(
          all.begin(), all.end(), [&](const Diagnosis& other) { return other.seen == each.seen; });
      if (!known) all.push_back(std::move(each));
    }
  }
  if (all.empty()) {
    all.push_back({Health::kOk, FolderOf(patient) + "/.env names both hooks, which root owns"});
  }
  return all;
}

std::vector<Diagnosis> LookAtGitHubContainers(const Patient& patient) {
  if (!patient.HasGitHub()) return {};
  const auto env = ReadGitHubEnv(patient);
  const std::string hook = GitHubSetting(env, "ACTIONS_RUNNER_CONTAINER_HOOKS");
  const bool wanted = patient.config && !patient.config->github.container_hooks.empty();
  const bool ours = fs::path(hook).filename() == "container.js";
  if (!wanted && hook.empty()) return {};
  if (!ours) {
    return {{Health::kFailed,
             fmt::format("ACTIONS_RUNNER_CONTAINER_HOOKS is not container.js: got {}",
                         hook.empty() ? "nothing" : Quote(hook)),
             "name /opt/jobwarden/container.js there, and the hook that is named now in "
             "github.container_hooks"}};
  }
  auto all = LookAtFile(hook, patient, false);
  if (!wanted) {
    all.push_back({Health::kFailed, "container.js is named in .env, and no hook for it to call",
                   "name it in github.container_hooks"});
  }
  if (GitHubSetting(env, "ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER") != "true") {
    all.push_back({Health::kWarning, "jobs without a container pass the container hook by",
                   "write ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER=true into .env"});
  }
  if (all.empty()) all.push_back({Health::kOk, hook + " stands before the container hook"});
  return all;
}

std::vector<Diagnosis> LookAtGitHubCredentials(const Patient& patient) {
  if (!patient.HasGitHub() || access(FolderOf(patient).c_str(), X_OK) != 0) return {};
  std::vector<std::string> open;
  for (const char* name : {".credentials", ".credentials_rsaparams"}) {
    const std::string path = FolderOf(patient) + "/" + name;
    struct stat st {};
    if (stat(path.c_str(), &st) != 0) continue;
    if ((st.st_mode & S_IROTH) != 0 ||
        (patient.github_user && MayAccess(path, *patient.github_user, Access::kRead))) {
      open.emplace_back(path);
    }
  }
  if (open.empty()) return {{Health::kOk, "no credentials of the runner lie in its folder"}};
  const std::string seen = "jobs can read " + Join(open, ", ");
  if (IsEphemeral(patient)) {
    return {{Health::kOk, seen + "; the runner is ephemeral, and they end with its one job"}};
  }
  return {{Health::kWarning, seen + ", and register as this runner elsewhere",
           "register the runner with config.sh --ephemeral, on a machine or in a container that is "
           "thrown away"}};
}

std::vector<Diagnosis> LookAtGitHubDiagnostics(const Patient& patient) {
  if (!patient.HasGitHub()) return {};
  const auto env = ReadGitHubEnv(patient);
  for (const char* name : {"DOTNET_EnableDiagnostics", "COMPlus_EnableDiagnostics"}) {
    if (GitHubSetting(env, name) == "0") return {{Health::kOk, std::string(name) + "=0"}};
  }
  return {{Health::kWarning,
           "a job can command the runner's processes through .NET's diagnostics socket",
           "write DOTNET_EnableDiagnostics=0 into the environment of the runner's service (and "
           ".env), and restart it"}};
}

std::vector<Diagnosis> LookAtGitHubVersion(const Patient& patient) {
  if (!patient.HasGitHub()) return {};
  constexpr RunnerVersion kNeeded{2, 290, 0};
  constexpr RunnerVersion kServed{2, 329, 0};
  const auto version = InstalledVersion(FolderOf(patient));
  if (!version) {
    return {{Health::kWarning, "the version of GitHub's runner is not told by its folder",
             "look by hand that it is 2.329 or newer: bin/Runner.Listener --version"}};
  }
  const std::string seen = fmt::format("GitHub's runner is {}", TextOf(*version));
  if (*version < kNeeded) {
    return {{Health::kFailed, seen,
             "2.290 or newer is needed: before, a workflow chose the folder "
             "in which hooks start"}};
  }
  if (*version < kServed) {
    return {{Health::kWarning, seen, "github.com takes 2.329 and newer: update the runner"}};
  }
  return {{Health::kOk, seen}};
}

std::vector<Diagnosis> LookAtGitHubListeners(const Patient& patient) {
  if (!patient.HasGitHub()) return {};
  std::size_t listeners = 0;
  for (const pid_t pid : AllProcesses()) {
    const auto stat = StatOf(pid);
    if (stat && stat->name == "Runner.Listener") ++listeners;
  }
  if (listeners <= 1) {
    return {{Health::kOk, fmt::format("{} listener on this host", listeners == 0 ? "no" : "one")}};
  }
  return {{Health::kWarning,
           fmt::format("{} listeners on this host: a job of one reaches the others' files and "
                       "processes where they share a user",
                       listeners),
           "one runner a machine, or a user of its own for each"}};
}

std::vector<Diagnosis> LookAtGitHubDebugger(const Patient& patient) {
  if (!patient.HasGitHub()) return {};
  const Endpoint& relay = patient.machine.debugger_relay;
  if (!CanReach(relay)) return {{Health::kOk, relay.host + " cannot be reached"}};
  return {
      {Health::kWarning,
       relay.host + " can be reached: whoever starts a job with the runner's debugger runs "
                    "commands here before the hook",
       "block *.rel.tunnels.api.visualstudio.com and *.devtunnels.ms in firewall, proxy or name "
       "server"}};
}

}  // namespace jobwarden
