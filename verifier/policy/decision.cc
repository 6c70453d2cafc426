#include "verifier/policy/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/policy/matching.h"

namespace jobwarden {
namespace {

std::ptrdiff_t CountUnmet(const std::vector<NamedCondition>& conditions, const Object* object) {
  return std::count_if(conditions.begin(), conditions.end(), [object](const NamedCondition& each) {
    return !each.condition.Matches(ValueOf(object, each.name));
  });
}

std::string Brief(const std::string& text) {
  constexpr std::size_t kMaxBytes = 200;
  return text.size() <= kMaxBytes ? text : Quote(text);
}

// Each condition of the rule that holds, or each that does not. Facts are named `facts.NAME`,
// because claims have the same names.
std::vector<Evidence> Conditions(const Rule& rule, const Subject& subject, bool met) {
  std::vector<Evidence> found;
  const auto add = [&](const std::vector<NamedCondition>& conditions, const Object* object,
                       std::string_view prefix) {
    for (const NamedCondition& each : conditions) {
      const Value* value = ValueOf(object, each.name);
      if (each.condition.Matches(value) != met) continue;
      found.push_back(
          {fmt::format("{}{}", prefix, each.name), Brief(each.condition.text()), BriefJson(value)});
    }
  };
  add(rule.claims, subject.claims, "");
  add(rule.facts, subject.facts, "facts.");
  return found;
}

std::string Describe(const std::vector<Evidence>& evidence) {
  std::vector<std::string> each;
  each.reserve(evidence.size());
  for (const Evidence& one : evidence) {
    each.push_back(fmt::format("{} expected {}, got {}", one.field, one.expected, one.got));
  }
  return Join(each, "; ");
}

// A fact that is present and not false counts as a fork.
bool IsFork(const Subject& subject) {
  const Value* fork = subject.facts->Find("fork");
  return fork != nullptr && fork->AsBool() != false;
}

Finding ForkDenied(const Subject& subject) {
  if (!subject.fork_unknown.empty()) {
    return {Code::kJobUnreadable,
            subject.fork_unknown + ": so the job counts as one that runs what a fork wrote",
            "run the job again; is the runner's disk full?",
            {{"fork", "false", "null"}}};
  }
  const Value* event = subject.facts->Find("event");
  return {
      Code::kForkDenied,
      fmt::format("fork: expected false, got true: the job runs, or may run, what a fork wrote{}",
                  event == nullptr ? "" : fmt::format(" (event {})", BriefJson(event))),
      "push the branch to the project itself and run it there; an administrator can leave forks "
      "to the rules (facts.fork) with action = \"allow\" in [fork], and events of GitHub that are "
      "no danger here out of the test with events",
      {{"fork", "false", "true"}}};
}

Finding RuleDenied(const Rule& rule, const Subject& subject) {
  std::vector<std::string> reasons;
  std::vector<Evidence> evidence;
  if (IsTokenless(subject) && !rule.claims.empty()) {
    reasons.emplace_back("it has no id_token whose claims could clear it");
  }
  for (const NamedCondition& each : rule.facts) {
    if (!IsDisputed(subject, each.name)) continue;
    reasons.push_back(fmt::format("the job's variables dispute facts.{}", each.name));
  }
  for (Evidence& one : Conditions(rule, subject, true)) {
    reasons.push_back(fmt::format("{} is {}", one.field, one.got));
    one.expected = fmt::format("{{\"not\":{}}}", one.expected);
    evidence.push_back(std::move(one));
  }
  return {Code::kRuleDenied,
          fmt::format("rule {} denies this job{}{}", Quote(rule.name), reasons.empty() ? "" : ": ",
                      Join(reasons, "; ")),
          "", std::move(evidence), rule.report_only};
}

Finding AudienceNotPermitted(const Rule& rule, const Subject& subject) {
  const std::string permitted = Brief(AudiencesText(rule));
  Array refused;
  std::copy_if(subject.other_audiences.begin(), subject.other_audiences.end(),
               std::back_inserter(refused),
               [&rule](const std::string& each) { return !rule.PermitsAudience(each); });
  const Value refused_value(std::move(refused));
  const std::string got = BriefJson(&refused_value);
  return {
      Code::kAudienceMismatch,
      fmt::format("rule {} allows this job, but not its other id_tokens: aud expected {}, got {}",
                  Quote(rule.name), permitted, got),
      "take that id_token out of the job, or have its audience added to the rule's audiences",
      {{"aud", permitted, got}}};
}

// The allow rule with the fewest conditions that this job does not meet; the first of several.
struct Nearest {
  const Rule* rule = nullptr;
  std::vector<Evidence> unmet{};
};

Nearest NearestRule(const Policy& policy, const Subject& subject) {
  const Rule* nearest = nullptr;
  std::ptrdiff_t fewest = 0;
  for (const Rule& rule : policy.allow) {
    if (rule.report_only || !IsCandidate(rule, subject)) continue;
    const std::ptrdiff_t unmet =
        CountUnmet(rule.claims, subject.claims) + CountUnmet(rule.facts, subject.facts);
    if (nearest == nullptr || unmet < fewest) {
      nearest = &rule;
      fewest = unmet;
    }
  }
  if (nearest == nullptr) return {};
  return {nearest, Conditions(*nearest, subject, false)};
}

Finding NothingAllows(const Policy& policy, const Subject& subject) {
  Nearest nearest = NearestRule(policy, subject);
  const std::string why =
      nearest.rule == nullptr
          ? ""
          : fmt::format("; nearest is {}: {}", Quote(nearest.rule->name), Describe(nearest.unmet));
  Finding finding{Code::kNoRuleAllows, "", "", std::move(nearest.unmet), false};
  if (IsTokenless(subject)) {
    finding.code = Code::kTokenMissing;
    finding.message = "the job carries no id_token, and no rule allows it without one" + why;
    finding.hint = "give the job an id_token for this runner's audience";
  } else {
    finding.message =
        "no rule allows this job" +
        (nearest.rule != nullptr
             ? why
             : fmt::format("; no enforced allow rule is about issuer {}", Quote(subject.issuer)));
    finding.hint = "run the job where a rule allows it, or have a rule added for it";
  }
  const auto tried = std::find_if(
      policy.allow.begin(), policy.allow.end(),
      [&subject](const Rule& rule) { return rule.report_only && Allows(rule, subject); });
  if (tried != policy.allow.end()) {
    finding.hint +=
        fmt::format("; rule {} would allow it, but is in report mode", Quote(tried->name));
  }
  return finding;
}

// Why no allow rule applies, as one finding.
Finding NotAllowed(const Policy& policy, const Subject& subject) {
  const auto matching = std::find_if(
      policy.allow.begin(), policy.allow.end(),
      [&subject](const Rule& rule) { return !rule.report_only && Matches(rule, subject); });
  return matching != policy.allow.end() ? AudienceNotPermitted(*matching, subject)
                                        : NothingAllows(policy, subject);
}

}  // namespace

Decision Decide(const Policy& policy, const Subject& subject, Findings before) {
  const auto allowing = std::find_if(
      policy.allow.begin(), policy.allow.end(),
      [&subject](const Rule& rule) { return !rule.report_only && Allows(rule, subject); });
  const bool allowed = allowing != policy.allow.end();

  Findings findings = std::move(before);
  if (policy.fork == ForkAction::kDeny && IsFork(subject)) findings.push_back(ForkDenied(subject));
  // A job without a token must change that first.
  if (!allowed && IsTokenless(subject)) findings.push_back(NotAllowed(policy, subject));
  for (const Rule& rule : policy.deny) {
    if (Denies(rule, subject)) findings.push_back(RuleDenied(rule, subject));
  }
  if (!allowed && !IsTokenless(subject)) findings.push_back(NotAllowed(policy, subject));

  Decision decision = Refuse(std::move(findings));
  if (allowed && OutcomeOf(decision.findings_) == Outcome::kAllow) {
    decision.outcome_ = Outcome::kAllow;
    decision.rule_ = allowing->name;
  }
  return decision;
}

Decision Refuse(Findings findings) {
  Decision decision;  // an error, if no finding forbids the job
  const Outcome outcome = OutcomeOf(findings);
  if (outcome != Outcome::kAllow) decision.outcome_ = outcome;
  decision.findings_ = std::move(findings);
  return decision;
}

}  // namespace jobwarden
