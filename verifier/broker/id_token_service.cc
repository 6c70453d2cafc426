#include "verifier/broker/id_token_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "verifier/admission/admit.h"
#include "verifier/admission/one_token.h"
#include "verifier/audit/token_request_line.h"
#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/exposure/inventory.h"
#include "verifier/fetch/refresh.h"
#include "verifier/os/clock.h"

namespace jobwarden {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kTooManyRequests = 429;
// Clients try again after 502, 503 and 504, and so each of their tries would last as long as all of
// ours.
constexpr int kFailed = 500;

std::string_view PlaceName(Asker::Place place) {
  switch (place) {
    case Asker::Place::kInStep:
      return "step";
    case Asker::Place::kLeftStep:
      return "left";
    case Asker::Place::kOtherStep:
      return "other step";
    case Asker::Place::kOtherUser:
      return "other user";
    case Asker::Place::kElsewhere:
      break;
  }
  return "elsewhere";
}

// Why a process may not use this step's ticket; nothing if it may.
std::optional<Finding> Misplaced(const Asker& asker, const BrokerStep& step) {
  const std::string what = fmt::format("the ticket of step {} was used by ", Quote(step.id));
  const std::string program = asker.programs.empty() ? "" : " " + Quote(asker.programs.front());
  switch (asker.place) {
    case Asker::Place::kInStep:
    case Asker::Place::kLeftStep:
      return std::nullopt;
    case Asker::Place::kOtherStep:
      return Finding{Code::kTicketInvalid, what + "another step's process" + program,
                     "each step has a ticket of its own: use that of the step"};
    case Asker::Place::kOtherUser:
      return Finding{Code::kTicketInvalid, fmt::format("{}a process of user {}", what, asker.user),
                     "request id_tokens as the runner's own user"};
    case Asker::Place::kElsewhere:
      break;
  }
  return Finding{Code::kTicketInvalid,
                 what + "a process that does not belong to this step" + program,
                 "a process that stays between steps cannot request id_tokens: start it in the "
                 "step that needs them"};
}

std::string Words(const Finding& finding) {
  std::string words = fmt::format("{}: {}", CodeName(finding.code), finding.message);
  if (!finding.hint.empty()) words += "; " + finding.hint;
  return words;
}

}  // namespace

TokenAnswer TokenProblem(int status, const Findings& findings) {
  std::string message = "jobwarden: ";
  std::string code;
  for (const Finding& finding : findings) {
    if (!Forbids(finding)) continue;
    if (!code.empty()) message += "; ";
    if (code.empty()) code = CodeName(finding.code);
    message += Words(finding);
  }
  return {status, WriteJson(Object{{"message", message}, {"code", code}})};
}

Result<IdTokenService> IdTokenService::Make(const Config& config, BrokerOrder order,
                                            StepTable& steps, BrokerReport& report) {
  if (config.policy_sha256 != order.policy_sha256) {
    return Finding{Code::kConfigInvalid,
                   "the configuration changed while the job began: expected the one that decided",
                   "run the job again"};
  }
  const auto issuer = std::find_if(config.issuers.begin(), config.issuers.end(),
                                   [&](const Issuer& each) { return each.name == order.issuer; });
  const auto rule = std::find_if(config.policy.allow.begin(), config.policy.allow.end(),
                                 [&](const Rule& each) { return each.name == order.rule; });
  if (issuer == config.issuers.end() || rule == config.policy.allow.end()) {
    return Finding{Code::kConfigInvalid, fmt::format("order: no issuer {} or no rule {}",
                                                     Quote(order.issuer), Quote(order.rule))};
  }
  auto request = MakeIdTokenRequest(order.url.view(), order.token.view());
  if (!request) return std::move(request).findings();
  return IdTokenService(config, std::move(order), *std::move(request), *issuer, *rule, steps,
                        report);
}

IdTokenService::IdTokenService(const Config& config, BrokerOrder order, IdTokenRequest request,
                               const Issuer& issuer, const Rule& rule, StepTable& steps,
                               BrokerReport& report)
    : config_(&config),
      order_(std::move(order)),
      request_(std::move(request)),
      issuer_(&issuer),
      rule_(&rule),
      steps_(&steps),
      report_(&report) {}

// Whether the rule lets the job's tokens be for this audience.
Findings IdTokenService::Permit(const std::string& audience) const {
  if (rule_->PermitsAudience(audience)) return {};
  return {{Code::kAudienceMismatch,
           fmt::format("audience: expected one that rule {} permits, got {}", Quote(rule_->name),
                       Quote(audience)),
           "have the audience added to the rule's audiences"}};
}

// Gets the token and checks all of it. `audience` becomes the one that the token has.
Result<Secret> IdTokenService::Request(const TokenQuery& query, std::string& audience) {
  if (query.audience) {
    audience = *query.audience;
    if (auto refused = Permit(audience); !refused.empty()) return refused;
  }
  auto token = FetchIdToken(request_, audience, issuer_->keys);
  if (!token) return token;
  const Issuer issuer = IssuerOfToken(*config_, *issuer_, *token);
  const Inventory inventory = InventoryOf(token->Clone(), issuer);
  if (!query.audience) {
    // The server chose it. Below it is the only one that the token may have.
    const auto own = UnverifiedAudiences(token->view());
    if (own.size() == 1) audience = own.front();
    if (auto refused = Permit(audience); !refused.empty()) return refused;
  }
  KeyCache keys(config_->state_dir, config_->job_users,
                [this](const Issuer& each) { return RefreshKeys(each, config_->state_dir); });
  Findings findings = CheckIdTokens(order_.job, inventory, ForOneToken(*config_, issuer, audience),
                                    keys, SystemNow);
  if (OutcomeOf(findings) != Outcome::kAllow) return findings;
  return token;
}

TokenAnswer IdTokenService::Answer(const TokenQuery& query, const LoopbackClient& client) {
  TokenRequestLine line;
  line.decision_id = order_.decision_id;
  line.job_id = order_.job.run_id.value_or("");
  line.job_project = order_.job.repository.value_or("");
  line.rule = rule_->name;
  line.audience = query.audience.value_or("");

  const auto refuse = [&](int status, Findings findings) {
    line.findings = std::move(findings);
    line.time = SystemNow();
    const Findings unrecorded = RecordTokenRequest(config_->audit, config_->job_users, line);
    for (const Finding& each : unrecorded) report_->AddWarning(Words(each));
    report_->AddWarning(
        fmt::format("step {}: no id_token for {}: {}", Quote(line.step),
                    line.audience.empty() ? "the server's own audience" : Quote(line.audience),
                    Words(line.findings.front())));
    return TokenProblem(status, line.findings);
  };

  const auto step = steps_->Find(query.ticket);
  if (!step) {
    return steps_->CountStranger() ? refuse(kUnauthorized, step.findings())
                                   : TokenProblem(kUnauthorized, step.findings());
  }
  line.step = step->id;
  line.use = StepUseName(step->use);
  if (!steps_->BeginRequest(step->process)) {
    return refuse(kTooManyRequests,
                  {{Code::kTokenRequestFailed, "too many requests of this step at once",
                    "try again when one of them is answered"}});
  }
  // NOLINTNEXTLINE(*-special-member-functions): a guard of this scope
  const struct Turn {
    StepTable* steps;
    const StepProcess& process;
    ~Turn() { steps->EndRequest(process); }
  } turn{steps_, step->process};

  const Asker asker = FindAsker(client, step->process, steps_->Others(step->process), query.ticket);
  line.place = PlaceName(asker.place);
  line.pid = asker.pid;
  line.user = asker.user;
  line.programs = asker.programs;
  if (auto misplaced = Misplaced(asker, *step)) return refuse(kForbidden, {*std::move(misplaced)});

  auto token = Request(query, line.audience);
  if (!token) {
    const bool failed = OutcomeOf(token.findings()) == Outcome::kError;
    return refuse(failed ? kFailed : kForbidden, std::move(token).findings());
  }
  line.token_sha256 = Sha256Hex(token->view());
  line.time = SystemNow();
  Findings unrecorded = RecordTokenRequest(config_->audit, config_->job_users, line);
  for (const Finding& each : unrecorded) report_->AddWarning(Words(each));
  if (OutcomeOf(unrecorded) != Outcome::kAllow) return TokenProblem(kFailed, unrecorded);
  if (step->use == StepUse::kUnnamed) {
    report_->AddNote(fmt::format(
        "step {}: {} requested an id_token for {}, which nothing in the step's script names: with "
        "step_tokens = \"named\" it would get none, unless keep_steps lists the step",
        Quote(step->id), asker.programs.empty() ? "a process" : Quote(asker.programs.front()),
        Quote(line.audience)));
  }
  std::string body = R"({"count":)" + std::to_string(token->size()) + R"(,"value":")";
  body.reserve(body.size() + token->size() + 2);
  body.append(token->view()).append("\"}");
  return {200, std::move(body)};
}

}  // namespace jobwarden
