#include "verifier/policy/matching.h"

#include <algorithm>

namespace jobwarden {
namespace {

bool AllMet(const std::vector<NamedCondition>& conditions, const Object* object) {
  return std::all_of(conditions.begin(), conditions.end(), [object](const NamedCondition& each) {
    return each.condition.Matches(ValueOf(object, each.name));
  });
}

}  // namespace

const Value* ValueOf(const Object* object, std::string_view name) {
  return object == nullptr ? nullptr : FindNamed(*object, name);
}

bool SpeaksOf(const Rule& rule, const Subject& subject) {
  return rule.issuer.empty() || rule.issuer == subject.issuer;
}

bool IsDisputed(const Subject& subject, std::string_view fact) {
  if (fact.starts_with('/')) fact.remove_prefix(1);
  return std::find(subject.disputed.begin(), subject.disputed.end(), fact) !=
         subject.disputed.end();
}

bool IsCandidate(const Rule& rule, const Subject& subject) {
  return SpeaksOf(rule, subject) && (rule.tokenless || !IsTokenless(subject));
}

std::string AudiencesText(const Rule& rule) {
  // `audiences = []` is met by no audience.
  const std::string& text = rule.audiences->text();
  return text == R"({"exists":false})" ? "[]" : text;
}

bool Matches(const Rule& rule, const Subject& subject) {
  return IsCandidate(rule, subject) && AllMet(rule.claims, subject.claims) &&
         AllMet(rule.facts, subject.facts);
}

bool Allows(const Rule& rule, const Subject& subject) {
  return Matches(rule, subject) &&
         std::all_of(subject.other_audiences.begin(), subject.other_audiences.end(),
                     [&rule](const std::string& each) { return rule.PermitsAudience(each); });
}

bool MayMeetClaim(const NamedCondition& condition, const Subject& subject) {
  return IsTokenless(subject) ||
         condition.condition.Matches(ValueOf(subject.claims, condition.name));
}

bool MayMeetFact(const NamedCondition& condition, const Subject& subject) {
  return IsDisputed(subject, condition.name) ||
         condition.condition.Matches(ValueOf(subject.facts, condition.name));
}

bool Denies(const Rule& rule, const Subject& subject) {
  return (IsTokenless(subject) || SpeaksOf(rule, subject)) &&
         std::all_of(rule.facts.begin(), rule.facts.end(),
                     [&](const NamedCondition& each) { return MayMeetFact(each, subject); }) &&
         std::all_of(rule.claims.begin(), rule.claims.end(),
                     [&](const NamedCondition& each) { return MayMeetClaim(each, subject); });
}

}  // namespace jobwarden
