#include "hooks/gitlab/shell_exposure.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "hooks/gitlab/ci_config.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/checkout/checkout.h"
#include "verifier/exposure/plan.h"
#include "verifier/exposure/usage.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxCiConfigBytes = std::size_t{2} * 1024 * 1024;

// Follows no link, because the file must be one of the checkout.
Result<std::string> ReadCiConfig(const std::string& project, const std::string& path) {
  constexpr std::string_view kWhat = "CI configuration";
  const auto folder = OpenFolder(project, Code::kJobUnreadable, kWhat);
  if (!folder) return folder.findings();
  const Fd fd = OpenBelow(folder->get(), path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat st {};
  if (!fd || fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
    return Finding{Code::kJobUnreadable,
                   fmt::format("{} {}: not a file that can be read", kWhat, Quote(path))};
  }
  return ReadAll(fd, path, kMaxCiConfigBytes, Code::kJobUnreadable, kWhat);
}

// The words of a job's script and of the files that it may call, and the id_tokens that it
// declares.
struct Script {
  CheckoutUse use;
  Words declared;
};

// Looks for the wanted words in the script, as far as it is known.
Script LookFor(const Words& wanted, const Object& claims, const Environment& environment) {
  const auto variable = [&](std::string_view name) { return environment.Get(name); };
  const ScriptFile file = FindScriptFile(claims, variable);
  if (!file.elsewhere.empty()) return {{{}, file.elsewhere, {}}, {}};
  const std::string project(environment.Get("CI_PROJECT_DIR"));
  const auto yaml = ReadCiConfig(project, file.path);
  if (!yaml) return {{{}, yaml.findings().front().message, {}}, {}};
  if (HasInclude(*yaml)) {
    return {{{}, fmt::format("{} includes other files", Quote(file.path)), {}}, {}};
  }
  Script script{SearchCheckout({std::string(environment.Get("CI_BUILDS_DIR")), project, file.path},
                               wanted, *yaml),
                DeclaredIdTokens(*yaml)};
  script.use.used.merge(UsedInCiConfig(*yaml, wanted));
  script.use.called += *yaml;
  return script;
}

bool IsShellName(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// The job's variables are those of the environment. A file variable has its path there.
std::vector<VariableView> JobTexts(const Environment& environment, const Inventory& inventory) {
  std::vector<VariableView> variables;
  for (const auto& [name, value] : environment.variables()) {
    variables.push_back({name, value.view()});
  }
  return TextVariables(variables, inventory);
}

std::set<std::string> NamesOf(TokenKind kind, const Inventory& inventory) {
  std::set<std::string> names;
  for (const Token& token : inventory.tokens) {
    if (token.kind == kind) names.insert(token.names.begin(), token.names.end());
  }
  return names;
}

}  // namespace

ShellExposure PlanShell(const Inventory& inventory, ExposureSettings settings, const Object& claims,
                        const Environment& environment) {
  StageUse use{"", environment.Get("JOBWARDEN_KEEP")};
  const bool script_alone = settings.usage == Usage::kScript;
  settings.usage = Usage::kCheckout;
  const std::set<std::string> of_job_token = NamesOf(TokenKind::kJobToken, inventory);
  const std::set<std::string> legacy = NamesOf(TokenKind::kLegacy, inventory);
  // Only the script tells which names are aliases.
  ExposureSettings without_aliases = settings;
  without_aliases.aliases = ExposureAction::kStrip;
  const std::set<std::string> unlisted = MakePlan(inventory, use, without_aliases).Stripped();
  Words wanted = WordsToLookFor(inventory, use, without_aliases);
  for (const auto* names : {&of_job_token, &legacy}) {
    for (const std::string& name : *names) wanted.erase(name);
  }
  Script script;
  if (!wanted.empty()) {
    script = script_alone
                 ? Script{{{}, "usage is \"script\", and the script is not known here", {}}, {}}
                 : LookFor(wanted, claims, environment);
  }
  const CheckoutUse& found = script.use;
  const std::string project(environment.Get("CI_PROJECT_DIR"));
  use.project = project;
  use.called = found.called;
  use.checkout = &found.used;
  use.unseen = found.unseen;
  use.declared = &script.declared;
  use.variables = JobTexts(environment, inventory);

  std::map<std::string, PlanEntry> fates;
  for (PlanEntry& entry : MakePlan(inventory, use, settings).entries) {
    if (legacy.contains(entry.name) && unlisted.contains(entry.name)) {
      entry.action = ExposureAction::kStrip;
      entry.why = "a legacy token";
    }
    if (entry.action == ExposureAction::kStrip && of_job_token.contains(entry.name)) {
      entry.action = ExposureAction::kKeep;
      entry.why = "the runner's lines for release: may need it";
    }
    fates.insert_or_assign(entry.name, std::move(entry));
  }

  ShellExposure plan;
  if (!found.unseen.empty()) {
    plan.notes.push_back("tokens that may be unused are kept: " + found.unseen);
  }
  std::vector<std::string> stuck;
  for (auto& [name, fate] : fates) {
    if (fate.action == ExposureAction::kStrip && !IsShellName(name)) {
      fate.action = ExposureAction::kKeep;
      fate.why = "no shell can unset it";
      stuck.push_back(name);
    }
    const bool goes = fate.action == ExposureAction::kStrip;
    (goes ? plan.exposure.stripped : plan.exposure.kept).push_back(name);
    plan.exposure.why.emplace(name, std::move(fate.why));
  }
  if (!stuck.empty()) {
    constexpr std::size_t kFew = 12;
    const std::size_t more = stuck.size() - std::min(stuck.size(), kFew);
    stuck.resize(stuck.size() - more);
    plan.notes.push_back("kept, because no shell can unset them: " + QuoteAll(stuck) +
                         (more == 0 ? "" : fmt::format(" and {} more", more)));
  }
  return plan;
}

}  // namespace jobwarden
