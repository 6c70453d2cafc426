#include "verifier/doctor/config_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/admission/admit.h"
#include "verifier/audit/audit.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/config/job_groups.h"
#include "verifier/config/places.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/metrics/metrics_file.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/user.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;

std::string ThisUser() {
  return geteuid() == 0 ? "root" : std::to_string(geteuid());
}

// What a program's first line says about who runs it: what keeps that from working; empty: nothing.
std::string WhyNotInterpreted(const std::string& program) {
  const Fd fd(open(program.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  std::array<char, 256> head{};  // as much as the kernel reads
  const ssize_t size = fd ? read(fd.get(), head.data(), head.size()) : -1;
  if (size < 0) return "";  // a program need not be readable
  std::string_view line(head.data(), static_cast<std::size_t>(size));
  if (!line.starts_with("#!")) {
    return line.starts_with(
               "\x7f"
               "ELF")
               ? ""
               : "is neither a program nor begins with #!";
  }
  line = line.substr(2, line.find('\n') - 2);
  if (line.ends_with('\r')) return "its lines end with \\r\\n, and are to end with \\n";
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string interpreter(line.substr(0, line.find_first_of(" \t")));
  if (access(interpreter.c_str(), X_OK) == 0) return "";
  return fmt::format("its interpreter {}: {}", Quote(interpreter), ErrorText(errno));
}

// What keeps this user from starting a program; empty: nothing that can be seen.
std::string WhyNotStarted(const std::string& program) {
  struct stat st {};
  if (stat(program.c_str(), &st) != 0) return ErrorText(errno);
  if (!S_ISREG(st.st_mode)) return "is not a file";
  if (access(program.c_str(), X_OK) != 0) return ErrorText(errno);
  return WhyNotInterpreted(program);
}

// The checks of one file for one kind of runner.
class ConfigCheck {
 public:
  ConfigCheck(const Config& config, const SettingPlaces& places)
      : config_(config), places_(places) {}

  Findings Run(JobsRun jobs_run) && {
    if (jobs_run == JobsRun::kByGitHubRunner) {
      CheckGitHub();
    } else if (config_.executor.driver == Driver::kWrap) {
      CheckWrap();
    } else {
      CheckLocal();
    }
    Add("audit.file", CheckAudit(config_.audit, config_.job_users));
    for (Finding& finding : CheckMetricsFile(config_.audit.metrics_file)) {
      Add("audit.metrics_file", std::move(finding));
    }
    for (std::size_t i = 0; i < config_.issuers.size(); ++i) CheckKeys(i);
    return std::move(findings_);
  }

 private:
  // `shown` is what a person calls the setting, where that is not its path.
  void Add(std::string_view setting, Finding finding, std::string_view shown = "") {
    finding.message = fmt::format("{}: {}: {}", places_.Of(setting),
                                  shown.empty() ? setting : shown, finding.message);
    findings_.push_back(std::move(finding));
  }
  void Add(std::string_view setting, Status status, std::string_view shown = "") {
    if (status) return;
    for (Finding& finding : status.findings()) Add(setting, std::move(finding), shown);
  }
  void Warn(std::string_view setting, std::string message, std::string hint) {
    Add(setting, {kCode, std::move(message), std::move(hint), {}, true});
  }

  void CheckProgram(const std::string& setting, const std::string& program) {
    if (const std::string why = WhyNotStarted(program); !why.empty()) {
      return Add(setting, {kCode, fmt::format("cannot run {}: {}", Quote(program), why),
                           fmt::format("see that the program is there, and that user {} may run it",
                                       ThisUser())});
    }
    // Whoever may change it does what the driver may do.
    const auto fd = OpenFile(program, kCode, "program");
    if (!fd) return;
    auto checked = CheckWriters(*fd, program, std::nullopt, kCode, "program");
    if (!checked) Add(setting, AsWarnings(std::move(checked).findings()));
  }

  void CheckWrap() {
    const WrapSettings& wrap = config_.executor.wrap;
    for (const auto& [name, command] :
         {std::pair("config", &wrap.config), std::pair("prepare", &wrap.prepare),
          std::pair("run", &wrap.run), std::pair("cleanup", &wrap.cleanup)}) {
      if (!command->empty()) CheckProgram(fmt::format("executor.wrap.{}", name), command->front());
    }
  }

  // A folder that this user makes where it is not there, and writes.
  void CheckFolder(std::string_view setting, const std::string& path) {
    std::string there = path;
    std::string first;  // to be made
    struct stat st {};
    while (lstat(there.c_str(), &st) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
      first = there;
      there = std::filesystem::path(there).parent_path();
    }
    const bool made = there == path;
    const std::string make = fmt::format("install -d -m 0755 -o {} {}", ThisUser(), Quote(path));
    if (stat(there.c_str(), &st) == 0 && !S_ISDIR(st.st_mode)) {
      return Add(setting, {kCode, fmt::format("folder {}: not a folder", Quote(there)),
                           "name another folder"});
    }
    if (access(there.c_str(), W_OK | X_OK) != 0) {
      return Add(setting, {kCode,
                           fmt::format("folder {}: user {} cannot {} it: {}", Quote(path),
                                       ThisUser(), made ? "write" : "make", ErrorText(errno)),
                           made ? fmt::format("chown {} {}", ThisUser(), Quote(path)) : make});
    }
    if (!made) {
      return Add(setting, CheckWritersOfPlace(first, config_.job_users, kCode, "folder"));
    }
    const auto fd = OpenFolder(path, kCode, "folder");
    Add(setting,
        fd ? CheckWriters(*fd, path, config_.job_users, kCode, "folder") : Status(fd.findings()));
  }

  void CheckLocal() {
    const ExecutorSettings& executor = config_.executor;
    const bool sandboxed = executor.sandbox == Sandbox::kBwrap;
    CheckShell(executor.shell);
    if (sandboxed) CheckSandbox(executor);
    if (!executor.run_as.empty() && geteuid() != 0) {
      Add("executor.run_as",
          {kCode, fmt::format("expected root to run the driver, got user {}", geteuid()),
           "check as the user who runs GitLab Runner, and let that be root"});
    }
    if (executor.shared_user) {
      Add("executor.shared_user",
          {Code::kSharedUser, "a job's script may be able to change what decides about jobs",
           "set executor.run_as, or sandbox = \"bwrap\""});
    }
    for (const std::string& name : executor.run_as) {
      // Who does not exist was named when the configuration was loaded.
      if (FindUser(name, kCode, "user")) Add("executor.run_as", CheckJobGroups({name}));
    }
    if (sandboxed || !executor.run_as.empty()) {
      CheckFolder("executor.builds_dir", executor.builds_dir);
      CheckFolder("executor.cache_dir", executor.cache_dir);
      CheckFolder("state_dir", config_.state_dir);
    }
  }

  void CheckShell(Shell shell) {
    const std::string_view name = shell == Shell::kPwsh ? "pwsh"
                                  : shell == Shell::kSh ? "sh"
                                                        : "bash";
    const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
    for (std::string_view rest = path == nullptr ? "" : path; !rest.empty();) {
      const std::string_view folder = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
      if (access(fmt::format("{}/{}", folder, name).c_str(), X_OK) == 0) return;
    }
    Add("executor.shell", {kCode, fmt::format("no {} in this PATH", name),
                           "install it, or set executor.shell to another one"});
  }

  void CheckSandbox(const ExecutorSettings& executor) {
    constexpr std::array kPrograms{"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"};
    if (std::none_of(kPrograms.begin(), kPrograms.end(),
                     [](const char* program) { return access(program, X_OK) == 0; })) {
      Add("executor.sandbox", {kCode, "no bwrap in /usr/bin, /bin or /usr/local/bin",
                               "install the package bubblewrap"});
    }
    if (executor.run_as.empty() && geteuid() == 0) {
      Add("executor.sandbox", {kCode, "jobs would run as root, which a sandbox does not hold",
                               "set executor.run_as; or check as the user who runs GitLab Runner, "
                               "if that is not root"});
    }
  }

  void CheckGitHub() {
    const GitHubSettings& github = config_.github;
    CheckFolder("state_dir", config_.state_dir + "/github");
    if (!github.container_hooks.empty()) {
      // The runner's node reads it.
      const std::string& hook = github.container_hooks.front();
      const bool readable = access(hook.c_str(), R_OK) == 0;
      if (!readable) {
        Add("github.container_hooks",
            {kCode, fmt::format("cannot read {}: {}", Quote(hook), ErrorText(errno)),
             "install the container hook there, or leave github.container_hooks out"});
      }
    }
    if (github.on_deny == OnDeny::kFailStep) {
      Warn("github.on_deny",
           "\"fail-step\" keeps a denied job from `run:` steps alone: its actions still run",
           "set \"stop-job\" where a denied job is to end");
    }
    if (github.shared_user) {
      Add("github.shared_user",
          {Code::kSharedUser, "a job's steps can change what decides about jobs",
           "let root own the configuration, and keep one job a machine"});
    }
  }

  void CheckKeys(std::size_t index) {
    const Issuer& issuer = config_.issuers[index];
    const std::string setting = fmt::format("issuer.{}.keys", index);
    const std::string shown = fmt::format("issuer {}", Quote(issuer.name));
    if (!issuer.keys.file.empty()) {
      auto pinned = ReadPinnedKeys(issuer, config_.job_users);
      if (!pinned) Add(setting + ".file", Status(std::move(pinned).findings()), shown);
      return;
    }
    const std::string refresh =
        fmt::format("run `jobwarden keys refresh --issuer {}`", issuer.name);
    auto stored = ReadStoredKeys(config_.state_dir, issuer, config_.job_users);
    if (!stored) {
      for (Finding& finding : stored.findings()) {
        if (finding.hint.empty()) finding.hint = refresh;
      }
      return Add(setting, Status(std::move(stored).findings()), shown);
    }
    if (SystemNow() >= stored->UsableUntil(issuer)) {
      Add(setting, {Code::kKeysUnavailable, "the stored key set is too old to be used", refresh},
          shown);
    }
  }

  const Config& config_;
  const SettingPlaces& places_;
  Findings findings_;
};

void AddNew(Findings& all, Findings more) {
  for (Finding& finding : more) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const Finding& each) {
      return each.message == finding.message;
    });
    if (!known) all.push_back(std::move(finding));
  }
}

}  // namespace

ConfigCheckResult CheckConfig(const std::string& path) {
  auto config = LoadConfig(path, JobsRun::kElsewhere);
  auto bytes = ReadFile(path, kMaxConfigBytes, kCode, "configuration");
  if (!config || !bytes) {
    Findings all = config ? bytes.findings() : std::move(config).findings();
    // A file that others may write is refused before it is read. A person mends both at once.
    if (bytes) {
      auto parsed = ParseConfig({{path, *std::move(bytes)}});
      if (!parsed) AddNew(all, std::move(parsed).findings());
    }
    return {std::move(all), {}};
  }
  const SettingPlaces places({path, *std::move(bytes)});
  Findings all = config->warnings;
  for (Finding& finding : PolicyProblems(*config, SystemNow())) {
    finding.message = fmt::format("{}: policy.pull: {}", places.Of("policy.pull"), finding.message);
    all.push_back(std::move(finding));
  }
  for (const auto& [provider, jobs_run] :
       {std::pair(Provider::kGitLab, JobsRun::kByExecutor),
        std::pair(Provider::kGitHub, JobsRun::kByGitHubRunner)}) {
    const auto& issuers = config->issuers;
    if (std::none_of(issuers.begin(), issuers.end(),
                     [p = provider](const Issuer& issuer) { return issuer.provider == p; })) {
      continue;
    }
    auto checked = LoadConfig(path, jobs_run);
    AddNew(all, ConfigCheck(checked ? *checked : *config, places).Run(jobs_run));
    if (!checked) AddNew(all, std::move(checked).findings());
  }
  return {std::move(all), std::move(config->pulled)};
}

}  // namespace jobwarden
