#include "verifier/review/explain.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

#include "verifier/exposure/inventory.h"
#include "verifier/policy/decision.h"

namespace jobwarden {
namespace {

void AskRules(Explanation& explanation, const Config& config) {
  const Subject subject = explanation.asked.job->subject();
  const Decision decision = Decide(config.policy, subject, explanation.asked.before);
  explanation.outcome = decision.outcome();
  explanation.rule = decision.rule();
  explanation.findings = decision.findings();
  explanation.rules = TraceRules(config.policy, subject);
  // NO_RULE_ALLOWS counts conditions alone, and the nearest rule is the same here.
  const auto rank = [](const RuleTrace& each) {
    const std::size_t audiences = each.refused_audiences.empty() ? 0 : 1;
    return each.applies ? std::tuple(false, false, std::size_t{0}, std::size_t{0})
                        : std::tuple(true, each.is_deny, each.unmet() - audiences, audiences);
  };
  std::stable_sort(explanation.rules.begin(), explanation.rules.end(),
                   [&](const RuleTrace& a, const RuleTrace& b) { return rank(a) < rank(b); });
}

const Issuer* IssuerOf(const UnsignedJob& job, const Config& config) {
  for (const Issuer& issuer : config.issuers) {
    if (issuer.name == job.issuer) return &issuer;
  }
  return nullptr;
}

// The key of `[exposure]` for tokens of a kind where no rule fits.
std::string_view SettingFor(std::string_view kind) {
  if (kind == TokenKindName(TokenKind::kIdToken)) return "unused";
  if (kind == TokenKindName(TokenKind::kJobToken)) return "unused";
  if (kind == TokenKindName(TokenKind::kLegacy)) return "legacy";
  if (kind == TokenKindName(TokenKind::kSecret)) return "secrets";
  return "";
}

std::string WhatHappened(const Record& record, const std::string& name) {
  const auto has = [&name](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto& all = record.exposure;
  std::string text = has(all.stripped) ? "stripped" : has(all.masked) ? "masked" : "";
  if (has(all.kept)) text = "kept";
  if (const auto why = all.why.find(name); why != all.why.end() && !text.empty()) {
    text += ": " + why->second;
  }
  return text;
}

void AddVariables(Explanation& explanation, const ExposureSettings& settings) {
  for (const std::string& name : explanation.asked.variables) {
    explanation.variables.push_back({name, FirstRuleFor(name, settings.rules), "", ""});
  }
  if (!explanation.asked.record) return;
  const Record& record = *explanation.asked.record;
  for (const Record::ExposedToken& token : record.tokens) {
    for (const std::string& name : token.names) {
      explanation.variables.push_back({name, FirstRuleFor(name, settings.rules),
                                       std::string(SettingFor(token.kind)),
                                       WhatHappened(record, name)});
    }
  }
}

}  // namespace

bool Explanation::IsUnrecorded(const MatcherTrace& matcher) const {
  if (!asked.record) return false;
  const std::string name = (matcher.is_fact ? "facts." : "") + FirstName(matcher.matcher->name);
  const auto& left_out = asked.record->unrecorded;
  return std::find(left_out.begin(), left_out.end(), name) != left_out.end();
}

bool Explanation::uncertain() const {
  return std::any_of(rules.begin(), rules.end(), [this](const RuleTrace& trace) {
    std::size_t unknown = 0;
    std::size_t unmet = trace.unmet();
    for (const MatcherTrace& each : trace.matchers) {
      if (!IsUnrecorded(each)) continue;
      ++unknown;
      if (!each.met) --unmet;
    }
    return unknown > 0 && unmet == 0;
  });
}

Explanation Explain(JobToExplain asked, const Config& config) {
  Explanation explanation;
  explanation.asked = std::move(asked);
  const auto& record = explanation.asked.record;
  explanation.other_policy = record && record->policy_sha256 != config.policy_sha256;
  if (explanation.asked.job) {
    AskRules(explanation, config);
    explanation.issuer = IssuerOf(*explanation.asked.job, config);
  } else {
    explanation.findings = explanation.asked.before;
    explanation.outcome = OutcomeOf(explanation.findings);
  }
  AddVariables(explanation, config.exposure);
  return explanation;
}

}  // namespace jobwarden
