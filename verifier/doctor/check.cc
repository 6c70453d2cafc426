#include "verifier/doctor/check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <future>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/doctor/checks.h"
#include "verifier/os/file.h"
#include "verifier/wiring/github_services.h"

namespace jobwarden {
namespace {

constexpr std::array kChecks = {
    Check{"config", "configuration, and the files, folders and users that it names",
          LookAtConfiguration},
    Check{"mode", "whether jobs are refused, or only reported", LookAtMode},
    Check{"programs", "who may change jobwarden's programs", LookAtPrograms},
    Check{"issuer", "whether each issuer answers", LookAtIssuers},
    Check{"keys", "how old each key set is", LookAtKeys},
    Check{"policy", "the pulled policy: its serial and its end", LookAtPolicy},
    Check{"clock", "this clock against the issuer's", LookAtClock},
    Check{"gitlab-stages", "whether config.toml names the driver for all four stages",
          LookAtGitLabStages},
    Check{"gitlab-features", "feature flags that jobs can change", LookAtGitLabFeatures},
    Check{"gitlab-credentials", "who may read config.toml, which holds the runner's token",
          LookAtGitLabCredentials},
    Check{"gitlab-version", "the version of GitLab Runner", LookAtGitLabVersion},
    Check{"github-hooks", "whether .env names the hooks, and who may change them",
          LookAtGitHubHooks},
    Check{"github-containers", "whether .env names the container hook that is configured",
          LookAtGitHubContainers},
    Check{"github-credentials", "whether jobs can read the runner's credentials",
          LookAtGitHubCredentials},
    Check{"github-diagnostics", "whether .NET lets jobs into the runner's processes",
          LookAtGitHubDiagnostics},
    Check{"github-version", "the version of GitHub's runner", LookAtGitHubVersion},
    Check{"github-listeners", "other runners on this host", LookAtGitHubListeners},
    Check{"github-debugger", "whether the debugger's relay can be reached", LookAtGitHubDebugger},
    Check{"isolation", "as whom jobs run, and what that leaves open", LookAtIsolation},
    Check{"ptrace", "whether processes may look into others of their user", LookAtPtrace},
    Check{"groups", "whether a user of jobs is in a group whose members can become root",
          LookAtGroups},
    Check{"sudo", "whether a user of jobs may use sudo", LookAtSudo},
    Check{"accounts", "whether a user of jobs can have cron, at or systemd start something later",
          LookAtAccounts},
    Check{"sockets", "whether a user of jobs can use a container service that is root",
          LookAtSockets},
    Check{"metadata", "whether the cloud's metadata service can be reached", LookAtMetadata},
};

void ReadGitLab(Patient& patient) {
  const std::string& path = patient.machine.gitlab_config;
  const auto text = ReadFile(path, kMaxConfigBytes, Code::kConfigInvalid, "config.toml");
  if (!text) {
    patient.gitlab_problem = text.findings().front().message;
    return;
  }
  Problems problems({path});
  patient.gitlab = ReadDocument(0, *text, problems);
  if (!problems.empty()) {
    patient.gitlab.reset();
    const Problem first = problems.Take().front();
    patient.gitlab_problem = problems.Text(first.place) + ": " + first.finding.message;
    return;
  }
  const Node* runners = patient.gitlab->Find("runners");
  const auto* list = runners == nullptr ? nullptr : runners->As<Node::List>();
  if (list == nullptr) return;
  for (const Node& table : *list) {
    const Node* name = table.Find("name");
    const auto* text_of_name = name == nullptr ? nullptr : name->As<std::string>();
    patient.runners.push_back({text_of_name == nullptr ? "" : *text_of_name, &table});
  }
}

// The user of the runner's service. Of a runner that is not a service its folder's owner: the
// folder of a service may be root's, so that jobs cannot change the runner.
std::optional<User> FindGitHubUser(const Patient& patient) {
  const std::string& folder = patient.machine.github_folder;
  for (const GitHubService& each : GitHubServices(patient.System("/etc/systemd/system"))) {
    std::error_code error;
    if (each.folder != folder && !std::filesystem::equivalent(each.folder, folder, error)) continue;
    if (auto user = FindUser(each.user, Code::kConfigInvalid, "service")) return *std::move(user);
  }
  struct stat st {};
  return stat(folder.c_str(), &st) == 0 ? FindUserById(st.st_uid) : std::nullopt;
}

void FindUsers(Patient& patient) {
  if (patient.HasGitHub()) {
    patient.github_user = FindGitHubUser(patient);
    if (patient.github_user) patient.job_users.push_back(*patient.github_user);
    patient.shares_user = true;
  }
  if (!patient.config || !patient.HasGitLab()) return;
  const ExecutorSettings& executor = patient.config->executor;
  if (executor.driver == Driver::kWrap) return;
  for (const std::string& name : executor.run_as) {
    if (auto user = FindUser(name, Code::kConfigInvalid, "run_as")) {
      patient.job_users.push_back(*std::move(user));
    }
  }
  if (!executor.run_as.empty()) return;
  if (auto user = FindUserById(geteuid())) patient.job_users.push_back(*std::move(user));
  patient.shares_user = patient.shares_user || executor.sandbox == Sandbox::kNone;
}

// What `config` says of an issuer's keys, where the check `keys` fails for that issuer: it is one
// problem, and the check `keys` says more of it.
bool IsSaidByKeys(const Diagnosis& config, const std::vector<Diagnosis>& all) {
  return std::any_of(all.begin(), all.end(), [&](const Diagnosis& keys) {
    const std::string issuer = keys.seen.substr(0, keys.seen.find("\": ") + 3);
    return keys.id == "keys" && keys.health == Health::kFailed && issuer.starts_with("issuer ") &&
           Contains(config.seen, ": " + issuer);
  });
}

}  // namespace

std::string_view HealthName(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarning:
      return "warning";
    case Health::kFailed:
      break;
  }
  return "failed";
}

std::span<const Check> Checks() {
  return kChecks;
}

Patient Receive(const Machine& machine) {
  Patient patient;
  patient.machine = machine;
  auto config = LoadConfig(machine.config_path, JobsRun::kElsewhere);
  if (config) patient.config = *std::move(config);
  if (patient.HasGitLab()) ReadGitLab(patient);
  FindUsers(patient);
  return patient;
}

std::vector<Diagnosis> Examine(const Patient& patient) {
  std::vector<std::future<std::vector<Diagnosis>>> running;
  running.reserve(kChecks.size());
  for (const Check& check : kChecks) {
    running.push_back(std::async(std::launch::async, check.look, std::cref(patient)));
  }
  std::vector<Diagnosis> all;
  for (std::size_t i = 0; i < running.size(); ++i) {
    std::vector<Diagnosis> found;
    try {
      found = running[i].get();
    } catch (const std::exception& error) {
      found = {{Health::kFailed, "could not be looked at: " + LibraryWords(error.what()),
                "this is a fault of jobwarden: report it, with this line"}};
    }
    for (Diagnosis& each : found) {
      each.id = kChecks[i].id;
      all.push_back(std::move(each));
    }
  }
  const auto is_config = [](const Diagnosis& each) { return each.id == "config"; };
  std::erase_if(all, [&, said = all](const Diagnosis& each) {
    return is_config(each) && IsSaidByKeys(each, said);
  });
  if (std::none_of(all.begin(), all.end(), is_config)) {
    all.insert(all.begin(), {Health::kOk, patient.machine.config_path + " is good", "", "config"});
  }
  return all;
}

}  // namespace jobwarden
