#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/ci_config.h"
#include "hooks/hook.h"
#include "hooks/job_variables.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/job_log.h"
#include "verifier/audit/audit.h"
#include "verifier/base/text.h"
#include "verifier/checkout/checkout.h"
#include "verifier/config/config.h"
#include "verifier/exposure/plan.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_program.h"
#include "verifier/os/file.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxCiConfigBytes = std::size_t{2} * 1024 * 1024;

void Note(const std::string& text) {
  Say(STDERR_FILENO, fmt::format("jobwarden: {}\n", text));
}

// The first of them, as text for the log.
std::string Few(std::vector<std::string> names) {
  constexpr std::size_t kFew = 12;
  const std::size_t more = names.size() - std::min(names.size(), kFew);
  names.resize(names.size() - more);
  return more == 0 ? QuoteAll(names) : fmt::format("{} and {} more", QuoteAll(names), more);
}

int Refuse(const Findings& findings) {
  Say(STDERR_FILENO, FindingsText(findings));
  return 1;
}

// What a rule demands of facts could be met by any job: here the job itself is all that says them.
Findings RulesOnFacts(const Policy& policy) {
  Findings findings;
  for (const auto* rules : {&policy.deny, &policy.allow}) {
    for (const Rule& rule : *rules) {
      if (rule.facts.empty()) continue;
      findings.push_back({Code::kConfigInvalid,
                          fmt::format("rule {}: facts cannot be asked for inside the job, which "
                                      "could make them up",
                                      Quote(rule.name)),
                          "use claims alone, and a file of the hook's own with --config FILE",
                          {},
                          false});
    }
  }
  return findings;
}

// Nothing here was signed, and no token is held against it. A fork that an honest job names is
// one, and the audit log is easier to read.
Job JobFrom(const Environment& environment) {
  const auto take = [&](std::string_view name) -> std::optional<std::string> {
    const std::string_view value = environment.Get(name);
    if (value.empty()) return std::nullopt;
    return std::string(value);
  };
  Job job;
  job.provider = Provider::kGitLab;
  job.bindable = false;
  job.server_url = take("CI_SERVER_URL");
  job.job_id = take("CI_JOB_ID");
  job.project_id = take("CI_PROJECT_ID");
  job.project_path = take("CI_PROJECT_PATH");
  job.merge_request_source_project_id = take("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
  return job;
}

// The names of tokens that no script needs: those for this runner, which have served, and legacy
// ones.
std::set<std::string> NamesOfServed(const Inventory& inventory, const Config& config) {
  std::set<std::string> served;
  std::set<std::string> others;
  for (const Token& token : inventory.tokens) {
    const bool ours =
        std::any_of(token.audiences.begin(), token.audiences.end(), [&](const std::string& each) {
          return std::any_of(config.issuers.begin(), config.issuers.end(),
                             [&](const Issuer& issuer) { return issuer.Expects(each); });
        });
    auto& names = ours || token.kind == TokenKind::kLegacy ? served : others;
    names.insert(token.names.begin(), token.names.end());
  }
  for (const std::string& name : others) served.erase(name);
  return served;
}

// Which of the wanted words the job may use, and why, where that is all of them.
struct Seen {
  Words used;
  std::string unseen;
};

// Through no link: it must be a file of the checkout.
Result<std::string> ReadCiConfig(const std::string& project, const std::string& path) {
  constexpr std::string_view kWhat = "CI configuration";
  const auto folder = OpenFolder(project, Code::kJobUnreadable, kWhat);
  if (!folder) return folder.findings();
  const Fd fd = OpenBelow(folder->get(), path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat st {};
  if (!fd || fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
    return Finding{Code::kJobUnreadable,
                   fmt::format("{} {}: no file that can be read", kWhat, Quote(path)),
                   "",
                   {},
                   false};
  }
  return ReadAll(fd, path, kMaxCiConfigBytes, Code::kJobUnreadable, kWhat);
}

Seen LookFor(const Words& wanted, const Environment& environment, const Object& claims) {
  const auto variable = [&](std::string_view name) { return environment.Get(name); };
  const ScriptPlace place = FindScript(claims, variable);
  if (!place.elsewhere.empty()) return {wanted, place.elsewhere};
  const std::string project(environment.Get("CI_PROJECT_DIR"));
  const auto yaml = ReadCiConfig(project, place.path);
  if (!yaml) return {wanted, yaml.findings().front().message};
  if (HasInclude(*yaml)) return {wanted, fmt::format("{} includes others", Quote(place.path))};
  CheckoutUse checkout =
      SearchCheckout(std::string(environment.Get("CI_BUILDS_DIR")), project, place.path, wanted);
  if (!checkout.unseen.empty()) return {wanted, std::move(checkout.unseen)};
  checkout.used.merge(UsedInCiConfig(*yaml, wanted));
  return {std::move(checkout.used), ""};
}

bool IsShellName(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Record::Exposure Expose(const Inventory& inventory, const Config& config, const Object& claims,
                        const Environment& environment) {
  // Nobody shows a hook the lines of the script.
  StageUse use{"", environment.Get("JOBWARDEN_KEEP")};
  ExposureSettings settings = config.exposure;
  settings.usage = Usage::kCheckout;
  Words wanted = WordsToLookFor(inventory, use, settings);
  for (const std::string& name : NamesOfServed(inventory, config)) wanted.erase(name);
  Seen seen;
  if (!wanted.empty()) {
    seen = config.exposure.usage == Usage::kScript
               ? Seen{wanted, "the script's lines are not known here, and usage is \"script\""}
               : LookFor(wanted, environment, claims);
  }
  if (!seen.unseen.empty()) Note("tokens that the job may not use are kept: " + seen.unseen);
  use.checkout = &seen.used;

  // The lines that the runner makes of `release:` need it and stand nowhere; the runner leaves it
  // in git's configuration all the same.
  std::set<std::string> of_job_token;
  for (const Token& token : inventory.tokens) {
    if (token.kind == TokenKind::kJobToken) {
      of_job_token.insert(token.names.begin(), token.names.end());
    }
  }
  std::set<std::string> stripped;
  std::set<std::string> kept;
  std::set<std::string> stuck;
  for (const PlanEntry& entry : MakePlan(inventory, use, settings).entries) {
    const bool goes = entry.action == ExposureAction::kStrip && !of_job_token.contains(entry.name);
    if (goes && !IsShellName(entry.name)) stuck.insert(entry.name);
    (goes && IsShellName(entry.name) ? stripped : kept).insert(entry.name);
  }
  if (!stuck.empty()) {
    Note("kept, for no shell can unset them: " + Few({stuck.begin(), stuck.end()}));
  }
  Record::Exposure exposure;
  exposure.stripped.assign(stripped.begin(), stripped.end());
  exposure.kept.assign(kept.begin(), kept.end());
  return exposure;
}

// Prints the commands, a whole line at a time: what the shell makes of a hook that is killed
// halfway are whole commands too.
bool PrintUnset(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string line = fmt::format("unset -v {}\n", name);
    std::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  return true;
}

// Empties the files before they go: another name of one may be left.
void RemoveFiles(const std::vector<std::string>& names, const JobVariables& job) {
  for (const std::string& name : names) {
    const auto file = job.files.find(name);
    if (file == job.files.end()) continue;
    if (auto done = OverwriteFile(file->second, "", Code::kStateUnwritable, "file variable");
        !done) {
      for (Finding& finding : done.findings()) finding.report_only = true;
      Say(STDERR_FILENO, FindingsText(done.findings()));
    }
    unlink(file->second.c_str());
  }
}

}  // namespace

int RunGitLabPreBuild(const HookCall& call) {
  const Environment& environment = call.environment;
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kAsCaller);
  if (!config) return Refuse(config.findings());
  if (auto findings = RulesOnFacts(config->policy); !findings.empty()) return Refuse(findings);

  const JobVariables job = ReadJobVariables(environment.variables());
  const Inventory inventory =
      TakeInventory(job.variables, environment.Get("CI_JOB_TOKEN"), config->issuers);
  if (auto checked = CheckTokenCount(inventory); !checked) return Refuse(checked.findings());
  if (!job.unread.empty()) Note("file variables that were not looked into: " + Few(job.unread));

  // The refresh gets nothing of the environment, for it is the job's.
  KeyCache keys(config->state_dir, config->job_users, RefreshByProgram(config->path, {}));
  const Job claimed = JobFrom(environment);
  Record record = Admit(claimed, inventory, *config, keys, SystemNow);
  if (record.Runs()) record.exposure = Expose(inventory, *config, record.claims, environment);
  const bool strips = record.enforced && !config->exposure.report_only;
  const bool goes_on = record.Runs();
  const std::string text = DecisionText(record, *config, claimed.server_url);

  record.enforced = false;
  if (auto recorded = AppendAudit(config->audit, config->job_users, record); !recorded) {
    if (config->audit.required) return Refuse(recorded.findings());
    for (Finding& finding : recorded.findings()) finding.report_only = true;
    Say(STDERR_FILENO, FindingsText(recorded.findings()));
  }
  Say(STDERR_FILENO, text);
  if (!goes_on) return 1;
  if (!strips) return 0;
  RemoveFiles(record.exposure.stripped, job);
  return PrintUnset(record.exposure.stripped) ? 0 : 1;
}

}  // namespace jobwarden
