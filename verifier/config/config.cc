#include "verifier/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"

namespace jobwarden {
namespace {

constexpr Choice<Mode> kModes[] = {{"enforce", Mode::kEnforce}, {"report", Mode::kReport}};
constexpr Choice<bool> kExposureModes[] = {{"enforce", false}, {"report", true}};
constexpr Choice<ForkAction> kForkActions[] = {{"deny", ForkAction::kDeny},
                                               {"allow", ForkAction::kAllow}};
constexpr Choice<ExposureAction> kUnused[] = {
    {"strip", ExposureAction::kStrip},
    {"keep", ExposureAction::kKeep},
    {"mask", ExposureAction::kKeep, "use \"strip\" or \"keep\""},
};
constexpr Choice<ExposureAction> kLegacy[] = {{"strip", ExposureAction::kStrip},
                                              {"keep", ExposureAction::kKeep}};
constexpr Choice<Shell> kShells[] = {
    {"bash", Shell::kBash}, {"sh", Shell::kSh}, {"pwsh", Shell::kPwsh}};

// Where this version has one way alone, the key is checked and sets nothing.
struct OnlyWay {};
constexpr Choice<OnlyWay> kUsages[] = {
    {"script", {}},
    {"checkout", {}, "use \"script\", and name in JOBWARDEN_KEEP what a called file needs"}};
constexpr Choice<OnlyWay> kDrivers[] = {{"local", {}}, {"wrap", {}, "use \"local\""}};
constexpr Choice<OnlyWay> kSandboxes[] = {{"none", {}}, {"bwrap", {}, "use \"none\""}};

template <const auto& kChoices, class Target>
void CheckChoice(const Field& field, Target&) {
  (void)ReadChoice(field, kChoices);
}

void CheckNoSyslog(const Field& field, AuditSettings&) {
  if (field.Bool() == true) field.FailLater("use audit.file");
}

constexpr Key<Policy> kForkKeys[] = {{"action", SetChoice<&Policy::fork, kForkActions>}};

bool IsVariableName(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

bool IsCommandName(std::string_view name) {
  return std::none_of(name.begin(), name.end(),
                      [](char c) { return (c >= 0 && c <= ' ') || c == '/' || c == '\x7f'; });
}

void AddConsumers(const Field& field, ExposureSettings& exposure) {
  const auto* entries = field.node.As<Node::Table>();
  if (entries == nullptr) return field.FailKind("a table", "write [exposure.consumers]");
  for (const Entry& entry : *entries) {
    if (!IsVariableName(entry.key)) {
      field.problems.Add(entry.place, fmt::format("{}: {} is no name of a variable", field.name,
                                                  Quote(entry.key)));
      continue;
    }
    const Field commands{field.problems, fmt::format("{}.{}", field.name, entry.key), entry.value};
    const auto names = commands.Texts(false);
    if (!names) continue;
    auto& consumers = exposure.consumers[entry.key];
    for (const auto& name : *names) {
      if (!IsCommandName(name)) {
        commands.Fail(fmt::format("expected the name of a command, got {}", Quote(name)),
                      "the name alone, without folder and arguments");
      } else if (std::find(consumers.begin(), consumers.end(), name) == consumers.end()) {
        consumers.push_back(name);
      }
    }
  }
}

constexpr Key<ExposureSettings> kExposureKeys[] = {
    {"unused", SetChoice<&ExposureSettings::unused, kUnused>},
    {"usage", CheckChoice<kUsages>},
    Later<ExposureSettings>("secrets", "leave it out: resolved secrets are kept"),
    {"legacy", SetChoice<&ExposureSettings::legacy, kLegacy>},
    {"job_may_keep", SetBool<&ExposureSettings::job_may_keep>},
    Later<ExposureSettings>("git_credentials", "leave it out: they are kept"),
    Later<ExposureSettings>("mask_output", "leave it out: output is not masked"),
    {"mode", SetChoice<&ExposureSettings::report_only, kExposureModes>},
    {"consumers", AddConsumers},
    Later<ExposureSettings>("rule", "use exposure.unused, or JOBWARDEN_KEEP in the job"),
};

constexpr Key<ExecutorSettings> kExecutorKeys[] = {
    {"driver", CheckChoice<kDrivers>},
    {"shell", SetChoice<&ExecutorSettings::shell, kShells>},
    {"builds_dir", SetPath<&ExecutorSettings::builds_dir>},
    {"cache_dir", SetPath<&ExecutorSettings::cache_dir>},
    Later<ExecutorSettings>("run_as", "leave it out: jobs run as the runner's own user"),
    {"sandbox", CheckChoice<kSandboxes>},
    {"shared_user", SetBool<&ExecutorSettings::shared_user>},
    Later<ExecutorSettings>("wrap", "use driver = \"local\""),
};

constexpr Key<AuditSettings> kAuditKeys[] = {
    {"file", SetPath<&AuditSettings::file>},
    {"required", SetBool<&AuditSettings::required>},
    {"syslog", CheckNoSyslog},
    Later<AuditSettings>("metrics_file", "leave it out"),
};

void ReadVersion(const Field& field, Draft&) {
  const auto* version = field.node.As<std::int64_t>();
  if (version == nullptr) return field.FailKind("1");
  if (*version != 1) field.Fail(fmt::format("expected 1, got {}", *version));
}

void ReadHelp(const Field& field, Draft& draft) {
  SetLine<&Config::help>(field, draft.config);
}

void ReadMode(const Field& field, Draft& draft) {
  SetChoice<&Config::mode, kModes>(field, draft.config);
}

void ReadStateDir(const Field& field, Draft& draft) {
  SetPath<&Config::state_dir>(field, draft.config);
}

void ReadFork(const Field& field, Draft& draft) {
  ReadTable(field, "[fork]", "fork.", kForkKeys, draft.config.policy);
}

void ReadExposure(const Field& field, Draft& draft) {
  ReadTable(field, "[exposure]", "exposure.", kExposureKeys, draft.config.exposure);
}

void ReadExecutor(const Field& field, Draft& draft) {
  ReadTable(field, "[executor]", "executor.", kExecutorKeys, draft.config.executor);
}

void ReadAudit(const Field& field, Draft& draft) {
  ReadTable(field, "[audit]", "audit.", kAuditKeys, draft.config.audit);
  const Node* required = field.node.Find("required");
  if (required != nullptr && draft.config.audit.required && !field.node.Find("file")) {
    field.problems.Add(required->place, "audit.required = true, and there is no audit.file",
                       "add file = \"/var/log/jobwarden/audit.jsonl\" to [audit]");
  }
}

constexpr Key<Draft> kKeys[] = {
    {"version", ReadVersion, "version = 1"},
    {"mode", ReadMode},
    {"help", ReadHelp},
    {"state_dir", ReadStateDir},
    {"issuer", ReadIssuers, "an [[issuer]]"},
    {"allow", ReadAllowRules},
    {"deny", ReadDenyRules},
    {"fork", ReadFork},
    {"exposure", ReadExposure},
    {"executor", ReadExecutor},
    Later<Draft>("github", "leave it out: this version guards GitLab's custom executor"),
    {"audit", ReadAudit},
};

constexpr Key<Draft> kRuleFileKeys[] = {{"allow", ReadAllowRules}, {"deny", ReadDenyRules}};

}  // namespace

Result<Config> ParseConfig(const std::vector<ConfigFile>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const auto& file : files) paths.push_back(file.path);
  Problems problems(std::move(paths));

  // The draft points into the documents: they must not move.
  std::vector<std::optional<Node>> documents;
  for (std::size_t i = 0; i < files.size(); ++i) {
    documents.push_back(ReadDocument(i, files[i].bytes, problems));
  }
  Draft draft;
  std::string all_bytes;
  for (std::size_t i = 0; i < files.size(); ++i) {
    all_bytes += files[i].bytes;
    if (!documents[i]) continue;
    const Field file{problems, files[i].path, *documents[i]};
    if (i == 0) {
      ReadTable(file, "", "", kKeys, draft);
    } else {
      ReadTable(file, "rules.d", "", kRuleFileKeys, draft);
    }
  }
  CheckIssuers(draft, problems);
  CheckRules(draft, problems);
  if (!problems.empty()) return problems.Take();
  draft.config.path = files.front().path;
  draft.config.policy_sha256 = Sha256Hex(all_bytes);
  return std::move(draft.config);
}

}  // namespace jobwarden
