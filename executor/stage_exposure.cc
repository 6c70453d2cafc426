#include "executor/stage_exposure.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/job_input.h"
#include "executor/proxy_passwords.h"
#include "executor/received/job_script.h"
#include "executor/received/project_folder.h"
#include "executor/stage_checkout.h"
#include "executor/stage_history.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/exposure/plan.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

// A token that came after the job was admitted: nobody verified it.
bool IsUnknown(const Token& token, const Record& verdict) {
  return token.kind == TokenKind::kIdToken &&
         std::none_of(verdict.tokens.begin(), verdict.tokens.end(),
                      [&](const auto& known) { return known.sha256 == token.sha256; });
}

// Adds where `prepare` saw each token. Nobody else can tell: the copy of the job response lacks the
// token.
void AddLocations(const Record& verdict, Inventory& inventory) {
  for (Token& token : inventory.tokens) {
    for (const Record::ExposedToken& known : verdict.tokens) {
      if (token.sha256.empty() || known.sha256 != token.sha256) continue;
      token.locations.insert(token.locations.end(), known.places.begin(), known.places.end());
    }
  }
}

// The lines of the job that this stage does not run.
std::vector<std::string_view> OtherStages(const JobResponse& response, std::string_view stage) {
  std::vector<std::string_view> others;
  for (const JobResponse::Step& step : response.steps()) {
    const bool runs_here = step.name == "script"         ? stage == "build_script"
                           : step.name == "after_script" ? stage == "after_script"
                                                         : stage == "step_" + step.name;
    if (!runs_here) others.push_back(step.text);
  }
  return others;
}

// The plan of this stage; where the settings ask for it, with what a file of the checkout uses,
// which its lines may call.
Plan PlanStage(const Inventory& inventory, StageUse use, const Call& call, const Config& config,
               const JobResponse& response) {
  const std::string project = ProjectFolder(use.commands).value_or("");
  use.project = project;
  use.variables = JobTexts(call.environment, inventory);
  use.other_stages = OtherStages(response, call.arguments.stage);
  const Words wanted = WordsToLookFor(inventory, use, config.exposure);
  if (wanted.empty()) return MakePlan(inventory, use, config.exposure);
  const CheckoutUse found = SearchStageCheckout(wanted, use, response, config.executor);
  use.called = found.called;
  use.checkout = &found.used;
  use.unseen = found.unseen;
  Plan plan = MakePlan(inventory, use, config.exposure);
  std::vector<std::string> kept;
  for (const PlanEntry& entry : plan.entries) {
    if (entry.why == kNotSearched) kept.push_back(entry.name);
  }
  const auto folder = JobFolder(call.environment);
  if (kept.empty() || !folder || !IsToldFirst(*folder)) return plan;
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  const bool one = kept.size() == 1;
  Say(STDERR_FILENO,
      fmt::format("jobwarden: {} {} in this job, although no line of it names {}: a file of the "
                  "project may, and jobwarden could not search all of them: {}\n",
                  QuoteAll(kept), one ? "stays" : "stay", one ? "it" : "them", found.unseen));
  return plan;
}

// The names of the tokens that are gone under all their names.
std::set<std::string> NamesOfGone(const Inventory& inventory,
                                  const std::set<std::string>& stripped) {
  std::set<std::string> gone;
  for (const Token& token : inventory.tokens) {
    const bool is_gone =
        std::all_of(token.names.begin(), token.names.end(),
                    [&](const std::string& name) { return stripped.contains(name); });
    if (is_gone) gone.insert(token.names.begin(), token.names.end());
  }
  return gone;
}

// Whether GITLAB_ENV may hold what was written there by somebody who did not have all of this
// stage's tokens: by one of the job's own stages before it, or, where none has begun, by an earlier
// job.
bool GuardsGitLabEnv(const Inventory& inventory, const std::set<std::string>& gone,
                     const std::optional<std::set<std::string>>& stripped_before,
                     bool runner_made) {
  if (!stripped_before) return runner_made;
  return std::any_of(inventory.tokens.begin(), inventory.tokens.end(), [&](const Token& token) {
    return std::any_of(token.names.begin(), token.names.end(), [&](const std::string& name) {
      return !gone.contains(name) && stripped_before->contains(name);
    });
  });
}

// Whether the job token that get_sources left on disk is to go before the stage's own lines run.
// Once, before the first of the job's own stages: what is there later the job put there itself.
bool LosesGitCredentials(const Call& call, const Config& config, const JobResponse& response) {
  return config.exposure.strip_git_credentials && config.executor.driver == Driver::kLocal &&
         !IsRunnersOwnStage(call.arguments.stage) && !response.job_token().empty();
}

}  // namespace

StageUse UseOf(std::string_view commands, const Call& call, const Config& config) {
  StageUse use{commands, call.environment.Get("CUSTOM_ENV_JOBWARDEN_KEEP")};
  use.runner_made = IsRunnersOwnStage(call.arguments.stage);
  use.git_asks = FeatureIsOn(call.environment, "FF_GIT_URLS_WITHOUT_TOKENS");
  // A wrapped driver's shell is not in our configuration: the runner names the script after it.
  const bool power_shell =
      config.executor.shell == Shell::kPwsh || call.arguments.script.ends_with(".ps1");
  use.syntax = power_shell ? Syntax::kPowerShell : Syntax::kShell;
  return use;
}

Result<StageScript> ExposeStage(const Secret& received, const Call& call, const Config& config,
                                const JobResponse& response, const Record& verdict) {
  const auto script = JobScript::Parse(std::string(received.view()));
  if (!script) return script.findings();
  Inventory inventory = TakeJobInventory(script->variables(), response, call.environment, config);
  if (auto counted = CheckTokenCount(inventory); !counted) return std::move(counted).findings();
  AddLocations(verdict, inventory);
  const StageUse use = UseOf(script->commands(), call, config);
  std::set<std::string> names = PlanStage(inventory, use, call, config, response).Stripped();
  for (const Token& token : inventory.tokens) {
    if (!IsUnknown(token, verdict)) continue;
    names.insert(token.names.begin(), token.names.end());
    Say(STDERR_FILENO,
        fmt::format("jobwarden: stage {}: took out a token that the job did not have when it was "
                    "admitted: {}\n",
                    Quote(call.arguments.stage), QuoteAll(token.names)));
  }
  const auto folder = JobFolder(call.environment);
  if (!folder) return folder.findings();
  const auto stripped_before = StrippedBefore(*folder);
  if (!stripped_before) return stripped_before.findings();
  std::set<std::string> gone = NamesOfGone(inventory, names);
  auto rest = script->Drop(names, ValuesGone(inventory, names),
                           GuardsGitLabEnv(inventory, gone, *stripped_before, use.runner_made));
  if (!rest) return std::move(rest).findings();
  std::optional<std::string> checkout;
  if (!*stripped_before && LosesGitCredentials(call, config, response)) {
    checkout = ProjectFolder(script->commands());
    if (!checkout) {
      return Finding{
          Code::kScriptUnreadable,
          "job script: it does not say where the checkout is, in whose git configuration "
          "the job token stands"};
    }
  }
  return StageScript{*std::move(rest), std::move(inventory), std::move(names), std::move(gone),
                     std::move(checkout)};
}

MaskMaker OutputMask(const Inventory& inventory, const Config& config,
                     const Environment& environment) {
  if (!config.exposure.mask_output) return {};
  return [&] {
    std::vector<std::string> issuers;
    for (const Issuer& issuer : config.issuers) issuers.push_back(issuer.url);
    std::vector<std::string_view> values = ValuesToMask(inventory, config.exposure);
    const std::vector<Secret> passwords = ProxyPasswords(environment);
    for (const Secret& each : passwords) values.push_back(each.view());
    return std::make_unique<const MaskSet>(values, std::move(issuers));
  };
}

}  // namespace jobwarden
