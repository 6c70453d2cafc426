#include "verifier/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/reference.h"
#include "verifier/config/schema.h"
#include "verifier/policy/lint_code.h"

namespace jobwarden {
namespace {

constexpr Choice<Mode> kModes[] = {{"enforce", Mode::kEnforce}, {"report", Mode::kReport}};
constexpr Choice<ForkAction> kForkActions[] = {{"deny", ForkAction::kDeny},
                                               {"allow", ForkAction::kAllow}};
void SetMetricsFile(const Field& field, AuditSettings& settings) {
  const std::string* path = field.AbsolutePath();
  if (path == nullptr) return;
  if (!path->ends_with(".prom")) {
    return field.Fail(fmt::format("expected a name that ends with .prom, got {}", Quote(*path)),
                      "node exporter reads no other files");
  }
  settings.metrics_file = *path;
}

constexpr Choice<bool> kEventOwners[] = {{"own", true}, {"fork", false}};

void ReadForkAction(const Field& field, Config& config) {
  SetChoice<&Policy::fork, kForkActions>(field, config.policy);
}

void ReadForkEvents(const Field& field, Config& config) {
  const auto* entries = field.node.As<Node::Table>();
  if (entries == nullptr) {
    return field.FailKind("a table", "for example events.merge_group = \"own\"");
  }
  const auto& known = GitHubEventNames();
  for (const Entry& entry : *entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      schema::RefuseUnknown(field.problems, entry, field.name, known);
      continue;
    }
    const auto own =
        ReadChoice(Field{field.problems, fmt::format("{}.{}", field.name, entry.key), entry.value},
                   kEventOwners);
    if (own) config.own_events[entry.key] = *own;
  }
}

constexpr Key<Config> kForkKeys[] = {{"action", ReadForkAction}, {"events", ReadForkEvents}};

void SetClaims(const Field& field, AuditSettings& settings) {
  const auto* list = field.node.As<Node::List>();
  if (list != nullptr && list->empty()) {
    settings.claims.emplace();
  } else if (auto claims = field.Texts(false)) {
    settings.claims = *std::move(claims);
  }
}

constexpr Key<AuditSettings> kAuditKeys[] = {
    {"file", SetPath<&AuditSettings::file>},
    {"required", SetBool<&AuditSettings::required>},
    {"claims", SetClaims},
    {"syslog", SetBool<&AuditSettings::syslog>},
    {"metrics_file", SetMetricsFile},
};

void SetIgnored(const Field& field, PolicySettings& settings) {
  const auto* list = field.node.As<Node::List>();
  if (list != nullptr && list->empty()) return;
  auto codes = field.Texts(false);
  if (!codes) return;
  const std::vector<std::string> known(kLintCodes.begin(), kLintCodes.end());
  for (std::size_t i = 0; i < codes->size(); ++i) {
    if (IsLintCode((*codes)[i])) continue;
    schema::RefuseChoice({field.problems, field.name, (*list)[i]}, (*codes)[i], known);
  }
  settings.ignore = *std::move(codes);
}

constexpr Key<PolicySettings> kPolicyKeys[] = {{"ignore", SetIgnored}, {"pull", ReadPull}};

void ReadPolicy(const Field& field, Draft& draft) {
  ReadTable(field, "[policy]", "policy.", kPolicyKeys, draft.config.policy_settings);
}

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
  ReadTable(field, "[fork]", "fork.", kForkKeys, draft.config);
}

void ReadAudit(const Field& field, Draft& draft) {
  ReadTable(field, "[audit]", "audit.", kAuditKeys, draft.config.audit);
  const Node* required = field.node.Find("required");
  const bool recorded = field.node.Find("file") != nullptr || draft.config.audit.syslog;
  if (required != nullptr && draft.config.audit.required && !recorded) {
    field.problems.Add(
        required->place, "audit.required = true without audit.file or audit.syslog",
        "add file = \"/var/log/jobwarden/audit.jsonl\", or syslog = true, to [audit]");
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
    {"policy", ReadPolicy},
    {"fork", ReadFork},
    {"exposure", ReadExposure},
    {"executor", ReadExecutor},
    {"github", ReadGitHub},
    {"audit", ReadAudit},
    {"serve", ReadServe},
};

constexpr Key<Draft> kRuleFileKeys[] = {{"allow", ReadAllowRules}, {"deny", ReadDenyRules}};

}  // namespace

namespace {

// Removes each rule of a table with a fault, or of a file of which a part could not be read:
// without one of its conditions it is another rule.
void DropFaulty(std::vector<Rule>& rules, const std::vector<const Node*>& tables,
                const std::set<const Node*>& faulty, const Problems& problems) {
  std::vector<Rule> good;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const bool whole = !faulty.contains(tables[i]) && problems.IsComplete(rules[i].place.file);
    if (whole) good.push_back(std::move(rules[i]));
  }
  rules = std::move(good);
}

}  // namespace

ConfigReading ReadConfig(const std::vector<ConfigFile>& files, const ConsumerList& list) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const auto& file : files) paths.push_back(file.path);
  Problems problems(paths);

  // The draft points into the documents, so they must not move.
  std::vector<std::optional<Node>> documents;
  for (std::size_t i = 0; i < files.size(); ++i) {
    documents.push_back(ReadDocument(i, files[i].bytes, problems));
  }
  Draft draft;
  draft.config.exposure.consumers = list.ByVariable();
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
  CheckExecutor(draft, problems);
  CheckRules(draft, problems);
  DropFaulty(draft.config.policy.allow, draft.allow_tables, draft.faulty_tables, problems);
  DropFaulty(draft.config.policy.deny, draft.deny_tables, draft.faulty_tables, problems);
  draft.config.path = files.front().path;
  draft.config.files = std::move(paths);
  draft.config.policy_sha256 = Sha256Hex(all_bytes);
  return {std::move(draft.config), problems.Take()};
}

Result<Config> ParseConfig(const std::vector<ConfigFile>& files, const ConsumerList& list) {
  ConfigReading reading = ReadConfig(files, list);
  if (reading.problems.empty()) return std::move(reading.config);
  Findings findings;
  for (Problem& problem : reading.problems) {
    problem.finding.message = fmt::format("{}: {}", PlaceText(reading.config.files, problem.place),
                                          problem.finding.message);
    findings.push_back(std::move(problem.finding));
  }
  return findings;
}

std::vector<std::string> ConfigKeys() {
  KeyPaths paths;
  ListKeys("", kKeys, paths);
  ListIssuerKeys(paths);
  ListRuleKeys(paths);
  ListKeys("policy.", kPolicyKeys, paths);
  ListPullKeys(paths);
  ListKeys("fork.", kForkKeys, paths);
  ListExposureKeys(paths);
  ListExecutorKeys(paths);
  ListGitHubKeys(paths);
  ListKeys("audit.", kAuditKeys, paths);
  ListServeKeys(paths);
  return paths;
}

}  // namespace jobwarden
