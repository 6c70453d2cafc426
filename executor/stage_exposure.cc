#include "executor/stage_exposure.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/job_input.h"
#include "executor/job_script.h"
#include "executor/project_folder.h"
#include "executor/stage_checkout.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/exposure/plan.h"

namespace jobwarden {
namespace {

// A token that came after the job was admitted: nobody verified it.
bool IsUnknown(const Token& token, const Record& verdict) {
  return token.kind == TokenKind::kIdToken &&
         std::none_of(verdict.tokens.begin(), verdict.tokens.end(),
                      [&](const auto& known) { return known.sha256 == token.sha256; });
}

std::string_view LastValue(const std::vector<Variable>& variables, std::string_view name) {
  const auto found = std::find_if(variables.rbegin(), variables.rend(),
                                  [&](const Variable& each) { return each.name == name; });
  return found == variables.rend() ? std::string_view() : found->value.view();
}

// The names of tokens that were made for us: they have served once the job is admitted.
Words NamesOfOwnTokens(const Inventory& inventory, const std::vector<Issuer>& issuers) {
  Words names;
  for (const Token& token : inventory.tokens) {
    const auto issuer = std::find_if(issuers.begin(), issuers.end(),
                                     [&](const Issuer& each) { return each.name == token.issuer; });
    if (issuer != issuers.end() &&
        std::any_of(token.audiences.begin(), token.audiences.end(),
                    [&](const std::string& audience) { return issuer->Expects(audience); })) {
      names.insert(token.names.begin(), token.names.end());
    }
  }
  return names;
}

// The names that go in this stage: those that neither its lines use nor, where the settings ask
// for it, a file of the checkout, which its lines may call.
std::set<std::string> UnusedNames(const Inventory& inventory, StageUse use, const Call& call,
                                  const Config& config, const JobResponse& response) {
  std::set<std::string> unused = MakePlan(inventory, use, config.exposure).Stripped();
  if (IsRunnersOwnStage(call.arguments.stage)) return unused;
  Words wanted = WordsToLookFor(inventory, use, config.exposure);
  for (const std::string& name : NamesOfOwnTokens(inventory, config.issuers)) wanted.erase(name);
  if (wanted.empty()) return unused;
  const CheckoutUse found = SearchStageCheckout(wanted, use.commands, response, config.executor);
  use.checkout = found.unseen.empty() ? &found.used : &wanted;
  std::set<std::string> names = MakePlan(inventory, use, config.exposure).Stripped();
  if (!found.unseen.empty()) {
    std::vector<std::string> kept;
    std::set_difference(unused.begin(), unused.end(), names.begin(), names.end(),
                        std::back_inserter(kept));
    Say(STDERR_FILENO,
        fmt::format("jobwarden: stage {}: kept {}, though no line of it names {}: the checkout was "
                    "not searched whole: {}\n",
                    Quote(call.arguments.stage), QuoteAll(kept), kept.size() == 1 ? "it" : "them",
                    found.unseen));
  }
  return names;
}

// Whether the job token that get_sources left on disk is to go before the stage's own lines run.
bool LosesGitCredentials(const Call& call, const Config& config, const JobResponse& response) {
  return config.exposure.strip_git_credentials && config.executor.driver == Driver::kLocal &&
         !IsRunnersOwnStage(call.arguments.stage) && !response.job_token().empty();
}

}  // namespace

Result<StageScript> ExposeStage(Secret received, const Call& call, const Config& config,
                                const JobResponse& response, const Record& verdict) {
  const bool strips = verdict.enforced && !config.exposure.report_only;
  const auto script = JobScript::Parse(std::string(received.view()));
  if (!script && strips) return script.findings();
  const std::vector<Variable> none;
  auto inventory = TakeJobInventory(script ? script->variables() : none, response, call.environment,
                                    config.issuers);
  if (!inventory) return std::move(inventory).findings();
  if (!strips) return StageScript{std::move(received), *std::move(inventory), {}, {}};
  const StageUse use{script->commands(), LastValue(script->variables(), "JOBWARDEN_KEEP")};
  std::set<std::string> names = UnusedNames(*inventory, use, call, config, response);
  for (const Token& token : inventory->tokens) {
    if (!IsUnknown(token, verdict)) continue;
    names.insert(token.names.begin(), token.names.end());
    Say(STDERR_FILENO,
        fmt::format("jobwarden: stage {}: took out a token that the job did not have when it was "
                    "admitted: {}\n",
                    Quote(call.arguments.stage), QuoteAll(token.names)));
  }
  auto rest = script->Drop(names, ValuesGone(*inventory, names));
  if (!rest) return std::move(rest).findings();
  std::optional<std::string> checkout;
  if (LosesGitCredentials(call, config, response)) {
    checkout = ProjectFolder(script->commands());
    if (!checkout) {
      return Finding{
          Code::kScriptUnreadable,
          "job script: it does not say where the checkout is, in whose git configuration "
          "the job token stands",
          "",
          {},
          false};
    }
  }
  return StageScript{*std::move(rest), *std::move(inventory), std::move(names),
                     std::move(checkout)};
}

}  // namespace jobwarden
