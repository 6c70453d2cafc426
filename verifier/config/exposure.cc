#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/glob.h"
#include "verifier/base/text.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"
#include "verifier/exposure/settings.h"

namespace jobwarden {
namespace {

constexpr Choice<bool> kModes[] = {{"enforce", false}, {"report", true}};
constexpr Choice<ExposureAction> kActions[] = {{"strip", ExposureAction::kStrip},
                                               {"mask", ExposureAction::kMask},
                                               {"keep", ExposureAction::kKeep}};
constexpr Choice<ExposureAction> kAliases[] = {{"keep", ExposureAction::kKeep},
                                               {"strip", ExposureAction::kStrip}};
constexpr Choice<ExposureAction> kLegacy[] = {{"strip", ExposureAction::kStrip},
                                              {"keep", ExposureAction::kKeep}};
constexpr Choice<Usage> kUsages[] = {{"script", Usage::kScript}, {"checkout", Usage::kCheckout}};
constexpr Choice<bool> kGitCredentials[] = {{"keep", false}, {"strip", true}};

bool IsVariableName(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

// `npm`, or `npm publish`: words with one blank between them.
bool IsCommand(std::string_view command) {
  const bool blanks = command.starts_with(' ') || command.ends_with(' ') || Contains(command, "  ");
  return !blanks && std::none_of(command.begin(), command.end(), [](char c) {
    return (c >= 0 && c < ' ') || c == '/' || c == '\x7f';
  });
}

void AddConsumers(const Field& field, ExposureSettings& exposure) {
  const auto* entries = field.node.As<Node::Table>();
  if (entries == nullptr) return field.FailKind("a table", "write [exposure.consumers]");
  for (const Entry& entry : *entries) {
    if (!IsVariableName(entry.key)) {
      field.problems.Add(entry.place, fmt::format("{}: {} is not the name of a variable",
                                                  field.name, Quote(entry.key)));
      continue;
    }
    const Field commands{field.problems, fmt::format("{}.{}", field.name, entry.key), entry.value};
    const auto names = commands.Texts(false);
    if (!names) continue;
    auto& consumers = exposure.consumers[entry.key];
    for (const auto& name : *names) {
      if (!IsCommand(name)) {
        commands.Fail(fmt::format("expected a command, got {}", Quote(name)),
                      "write its name without a folder, and the words after it with one blank "
                      "between them: \"npm publish\"");
      } else if (std::find(consumers.begin(), consumers.end(), name) == consumers.end()) {
        consumers.push_back(name);
      }
    }
  }
}

struct RuleDraft {
  std::string variable;
  std::optional<ExposureAction> action;
};

void ReadVariable(const Field& field, RuleDraft& rule) {
  const auto* text = field.Line();
  if (text == nullptr) return;
  std::string name = *text;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '*' || c == '?'; }, '_');
  if (IsVariableName(name)) {
    rule.variable = *text;
  } else {
    field.Fail(fmt::format("{} matches no name of a variable", Quote(*text)));
  }
}

void ReadAction(const Field& field, RuleDraft& rule) {
  rule.action = ReadChoice(field, kActions);
}

constexpr Key<RuleDraft> kRuleKeys[] = {
    {"variable", ReadVariable, "variable = \"CI_JOB_TOKEN\""},
    {"action", ReadAction, "action = \"keep\""},
};

void AddRules(const Field& field, ExposureSettings& exposure) {
  const auto* list = field.node.As<Node::List>();
  if (list == nullptr) return field.FailKind("a list of tables", "write [[exposure.rule]]");
  for (const Node& each : *list) {
    RuleDraft rule;
    ReadTable({field.problems, field.name, each}, "[[exposure.rule]]", "exposure.rule.", kRuleKeys,
              rule);
    if (rule.action && !rule.variable.empty()) {
      exposure.rules.push_back({Glob(rule.variable), *rule.action, each.place});
    }
  }
}

constexpr Key<ExposureSettings> kKeys[] = {
    {"unused", SetChoice<&ExposureSettings::unused, kActions>},
    {"usage", SetChoice<&ExposureSettings::usage, kUsages>},
    {"aliases", SetChoice<&ExposureSettings::aliases, kAliases>},
    {"secrets", SetChoice<&ExposureSettings::secrets, kActions>},
    {"legacy", SetChoice<&ExposureSettings::legacy, kLegacy>},
    {"job_may_keep", SetBool<&ExposureSettings::job_may_keep>},
    {"git_credentials", SetChoice<&ExposureSettings::strip_git_credentials, kGitCredentials>},
    {"mask_output", SetBool<&ExposureSettings::mask_output>},
    {"mode", SetChoice<&ExposureSettings::report_only, kModes>},
    {"consumers", AddConsumers},
    {"rule", AddRules},
};

}  // namespace

void ReadExposure(const Field& field, Draft& draft) {
  ReadTable(field, "[exposure]", "exposure.", kKeys, draft.config.exposure);
}

void ListExposureKeys(KeyPaths& paths) {
  ListKeys("exposure.", kKeys, paths);
  ListKeys("exposure.rule.", kRuleKeys, paths);
}

}  // namespace jobwarden
