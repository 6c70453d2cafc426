#include "verifier/policy/trace.h"

#include <algorithm>

#include "verifier/base/json.h"
#include "verifier/policy/matching.h"

namespace jobwarden {
namespace {

RuleTrace TraceRule(const Rule& rule, bool is_deny, const Subject& subject) {
  RuleTrace trace{&rule, is_deny, SpeaksOf(rule, subject), false, {}, {}, false};
  const bool tokenless = IsTokenless(subject);
  if (is_deny && tokenless) trace.speaks_of_issuer = true;
  trace.needs_token = !is_deny && tokenless && !rule.tokenless;
  const auto add = [&](const NamedCondition& each, bool is_fact) {
    const Value* value = ValueOf(is_fact ? subject.facts : subject.claims, each.name);
    const bool matches = each.condition.Matches(value);
    const bool may =
        is_deny && (is_fact ? MayMeetFact(each, subject) : MayMeetClaim(each, subject));
    trace.matchers.push_back({&each, is_fact, matches || may, may && !matches, BriefJson(value)});
  };
  for (const NamedCondition& each : rule.claims) add(each, false);
  for (const NamedCondition& each : rule.facts) add(each, true);
  if (!is_deny) {
    for (const std::string& each : subject.other_audiences) {
      if (!rule.PermitsAudience(each)) trace.refused_audiences.push_back(each);
    }
  }
  trace.applies = is_deny ? Denies(rule, subject) : Allows(rule, subject);
  return trace;
}

}  // namespace

std::size_t RuleTrace::unmet() const {
  const auto conditions =
      std::count_if(matchers.begin(), matchers.end(), [](const auto& each) { return !each.met; });
  return static_cast<std::size_t>(conditions) + (speaks_of_issuer ? 0 : 1) + (needs_token ? 1 : 0) +
         (refused_audiences.empty() ? 0 : 1);
}

std::vector<RuleTrace> TraceRules(const Policy& policy, const Subject& subject) {
  std::vector<RuleTrace> all;
  for (const Rule& rule : policy.deny) all.push_back(TraceRule(rule, true, subject));
  for (const Rule& rule : policy.allow) all.push_back(TraceRule(rule, false, subject));
  return all;
}

}  // namespace jobwarden
