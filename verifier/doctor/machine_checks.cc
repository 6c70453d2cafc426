// The machine, and what jobs can reach on it.

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/config/job_groups.h"
#include "verifier/doctor/access.h"
#include "verifier/doctor/checks.h"
#include "verifier/doctor/reach.h"
#include "verifier/os/clock.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

// Words with blanks or commas between them.
bool HasWord(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const auto ends = [&](std::size_t i) {
      return i >= line.size() || line[i] == ' ' || line[i] == '\t' || line[i] == ',' ||
             line[i] == '=';
    };
    if ((at == 0 || ends(at - 1)) && ends(at + word.size())) return true;
  }
  return false;
}

// The files of sudo's rules: the file, and those in the folder beside it that sudo reads.
std::vector<std::string> SudoFiles(const Patient& patient) {
  namespace fs = std::filesystem;
  std::vector<std::string> files{patient.System("/etc/sudoers")};
  std::error_code error;
  for (const auto& each : fs::directory_iterator(patient.System("/etc/sudoers.d"), error)) {
    const std::string name = each.path().filename();
    if (!name.ends_with('~') && !Contains(name, ".")) files.push_back(each.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Whether a line of sudo's rules begins with the user, his number, a group of his, or all users.
bool IsFor(std::string_view line, const User& user, const std::vector<gid_t>& groups) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.empty() || (line.front() == '#' && !line.starts_with(fmt::format("#{} ", user.uid))) ||
      line.front() == '@' || line.starts_with("Defaults") || Contains(line, "_Alias")) {
    return false;
  }
  std::string_view who = line.substr(0, line.find('='));
  // The host follows the list of users.
  if (const std::size_t blank = who.find_last_not_of(" \t"); blank != std::string_view::npos) {
    who = who.substr(0, who.find_last_of(" \t", blank));
  }
  if (HasWord(who, "ALL") || HasWord(who, user.name) ||
      HasWord(who, fmt::format("#{}", user.uid))) {
    return true;
  }
  for (std::string_view rest = who; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t,"));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (!word.starts_with('%')) continue;
    const auto group = FindGroup(std::string(word.substr(1)));
    if (group && std::find(groups.begin(), groups.end(), *group) != groups.end()) return true;
  }
  return false;
}

std::vector<User> JobUsers(const Patient& patient) {
  std::vector<User> users;
  for (const User& each : patient.job_users) {
    if (each.uid != 0) users.push_back(each);
  }
  return users;
}

std::vector<gid_t> GroupsOf(const User& user) {
  const auto identity = IdentityOf(user, Code::kDriverFailed, "user");
  return identity ? identity->groups : std::vector<gid_t>{user.gid};
}

// The day on which an account expires, counted from 1970, as shadow(5) has it; nothing if it does
// not, or is not in the file.
std::optional<long> ExpiryOf(std::string_view shadow, const std::string& user) {
  constexpr int kColumn = 7;
  for (std::string_view rest = shadow; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!TakePrefix(line, user + ":")) continue;
    for (int i = 1; i < kColumn; ++i)
      line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
    long day = -1;
    std::from_chars(line.data(), line.data() + line.size(), day);
    return day < 0 ? std::nullopt : std::optional(day);
  }
  return std::nullopt;
}

std::string Names(const std::vector<User>& users) {
  std::vector<std::string> names;
  names.reserve(users.size());
  for (const User& each : users) names.push_back(each.name);
  return Join(names, ", ");
}

}  // namespace

std::vector<Diagnosis> LookAtIsolation(const Patient& patient) {
  std::vector<Diagnosis> all;
  if (patient.HasGitHub()) {
    const std::string user = patient.github_user ? patient.github_user->name : "an unknown user";
    const bool is_root = patient.github_user && patient.github_user->uid == 0;
    all.push_back(
        {is_root ? Health::kFailed : Health::kWarning,
         fmt::format("GitHub: hooks and steps run as {}: a job that is let in can disarm the hooks "
                     "for the jobs after it",
                     user),
         is_root ? "run GitHub's runner as a user who owns nothing else"
                 : "one job a machine (config.sh --ephemeral), or jobs that trust each other"});
  }
  if (!patient.HasGitLab() || !patient.config) return all;
  const ExecutorSettings& executor = patient.config->executor;
  const bool sandboxed = executor.sandbox == Sandbox::kBwrap;
  if (executor.driver == Driver::kWrap) {
    all.push_back({Health::kOk, "GitLab: a wrapped driver decides where scripts run"});
  } else if (executor.run_as.empty() && !sandboxed) {
    all.push_back({geteuid() == 0 ? Health::kFailed : Health::kWarning,
                   "GitLab: scripts run as the user of GitLab Runner, and can read its memory, its "
                   "token and other jobs' files",
                   "set executor.run_as, sandbox = \"bwrap\", or both"});
  } else if (sandboxed && !executor.run_as.empty()) {
    all.push_back({Health::kOk,
                   "GitLab: each job has a sandbox, and a user who is not the "
                   "runner's"});
  } else if (sandboxed) {
    all.push_back({Health::kOk, "GitLab: each job has a sandbox, and the runner's user"});
  } else {
    all.push_back({Health::kOk,
                   "GitLab: each job has a user of its own; it sees the machine's "
                   "files and other jobs' command lines"});
  }
  return all;
}

std::vector<Diagnosis> LookAtPtrace(const Patient& patient) {
  if (!patient.HasGitLab() && !patient.HasGitHub()) return {};
  const auto text = ReadFile(patient.System("/proc/sys/kernel/yama/ptrace_scope"), 64,
                             Code::kConfigInvalid, "kernel setting");
  const std::string scope = text ? text->substr(0, text->find('\n')) : "";
  if (!scope.empty() && scope != "0") return {{Health::kOk, "kernel.yama.ptrace_scope = " + scope}};
  const std::string seen = scope.empty() ? "this kernel has no kernel.yama.ptrace_scope"
                                         : "kernel.yama.ptrace_scope = 0";
  if (!patient.shares_user) {
    return {{Health::kOk, seen + "; jobs run as other users than the runner"}};
  }
  return {{Health::kWarning, seen + ": a job can read the memory of the runner, whose user it has",
           "sysctl -w kernel.yama.ptrace_scope=1, and the same in /etc/sysctl.d"}};
}

std::vector<Diagnosis> LookAtGroups(const Patient& patient) {
  const auto users = JobUsers(patient);
  if (users.empty()) return {};
  std::vector<Diagnosis> all;
  for (const User& user : users) {
    const auto checked = CheckJobGroups({user.name});
    if (checked) continue;
    for (const Finding& each : checked.findings()) {
      all.push_back(
          {Health::kFailed, each.message,
           fmt::format("take the user out of that group: gpasswd -d {} GROUP", user.name)});
    }
  }
  if (all.empty()) {
    all.push_back(
        {Health::kOk, fmt::format("{}: in no group whose members can become root", Names(users))});
  }
  return all;
}

std::vector<Diagnosis> LookAtSudo(const Patient& patient) {
  const auto users = JobUsers(patient);
  if (users.empty()) return {};
  std::vector<Diagnosis> all;
  for (const std::string& path : SudoFiles(patient)) {
    struct stat st {};
    if (stat(path.c_str(), &st) != 0) continue;
    const auto text = ReadFile(path, kMaxBytes, Code::kConfigInvalid, "sudo's rules");
    if (!text) {
      all.push_back({Health::kWarning, text.findings().front().message, "look as root"});
      continue;
    }
    for (const User& user : users) {
      const auto groups = GroupsOf(user);
      for (std::string_view rest = *text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (!IsFor(line, user, groups)) continue;
        all.push_back({Health::kFailed,
                       fmt::format("user {}, as whom jobs run, may use sudo: {} has {}", user.name,
                                   path, Quote(line)),
                       "take the line out"});
      }
    }
  }
  if (all.empty()) {
    all.push_back({Health::kOk, fmt::format("{}: no rule of sudo's", Names(users))});
  }
  return all;
}

std::vector<Diagnosis> LookAtAccounts(const Patient& patient) {
  if (!patient.HasGitLab() || !patient.config || patient.config->executor.run_as.empty()) return {};
  const auto users = JobUsers(patient);
  const auto shadow =
      ReadFile(patient.System("/etc/shadow"), kMaxBytes, Code::kConfigInvalid, "accounts");
  if (!shadow) return {{Health::kWarning, shadow.findings().front().message, "look as root"}};
  const long today = SystemNow().time_since_epoch() / std::chrono::hours(24);
  // Neither cron nor at nor systemd's bus can be asked from a sandbox.
  const bool sandboxed = patient.config->executor.sandbox == Sandbox::kBwrap;
  std::vector<Diagnosis> all;
  for (const User& user : users) {
    const auto day = ExpiryOf(*shadow, user.name);
    if (!sandboxed && (!day || *day > today)) {
      all.push_back(
          {Health::kWarning,
           fmt::format("user {}, as whom jobs run, has an account that has not expired: a "
                       "job can leave something that cron, at or systemd starts later",
                       user.name),
           "usermod --expiredate 1 " + user.name});
    }
    for (const auto& [place, mend] :
         {std::pair("/var/spool/cron/crontabs/", "crontab -r -u "),
          std::pair("/var/spool/cron/", "crontab -r -u "),
          std::pair("/var/lib/systemd/linger/", "loginctl disable-linger ")}) {
      const std::string path = patient.System(place) + user.name;
      if (access(path.c_str(), F_OK) != 0) continue;
      all.push_back({Health::kWarning,
                     fmt::format("user {}, as whom jobs run, has {}: a job may have left it",
                                 user.name, path),
                     mend + user.name});
    }
  }
  if (all.empty()) {
    all.push_back({Health::kOk, fmt::format("{}: {}", Names(users),
                                            sandboxed ? "no job can ask cron, at or systemd from "
                                                        "its sandbox"
                                                      : "expired, so cron, at and systemd start "
                                                        "nothing")});
  }
  return all;
}

std::vector<Diagnosis> LookAtSockets(const Patient& patient) {
  const auto users = JobUsers(patient);
  if (users.empty()) return {};
  std::vector<Diagnosis> all;
  for (const char* place : {"/run/docker.sock", "/run/podman/podman.sock",
                            "/run/containerd/containerd.sock", "/run/crio/crio.sock"}) {
    const std::string path = patient.System(place);
    struct stat st {};
    if (stat(path.c_str(), &st) != 0) continue;
    for (const User& user : users) {
      if (!MayAccess(path, user, Access::kWrite)) continue;
      all.push_back({Health::kFailed,
                     fmt::format("user {}, as whom jobs run, can write {}, and so become root",
                                 user.name, path),
                     "use rootless containers, and let root alone write the socket"});
    }
  }
  if (all.empty()) {
    all.push_back({Health::kOk,
                   fmt::format("{}: no socket of a container service that is root", Names(users))});
  }
  return all;
}

std::vector<Diagnosis> LookAtMetadata(const Patient& patient) {
  const Endpoint& service = patient.machine.metadata;
  if (!CanReach(service)) {
    return {{Health::kOk, service.host + " cannot be reached, or this is no cloud's machine"}};
  }
  return {
      {Health::kWarning,
       service.host + " can be reached from here: a job may get the machine's own identity in "
                      "the cloud",
       "drop connections of the jobs' users to it (iptables -m owner --uid-owner USER), or give "
       "the machine no identity"}};
}

}  // namespace jobwarden
