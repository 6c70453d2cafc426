#ifndef JOBWARDEN_VERIFIER_POLICY_MATCHING_H_
#define JOBWARDEN_VERIFIER_POLICY_MATCHING_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/value.h"
#include "verifier/policy/decision.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

// How a rule and a job are held against each other: what the decision and its explanation share.

inline bool IsTokenless(const Subject& subject) {
  return subject.claims == nullptr;
}

/// The value of a claim or fact; null if there is none, or no object.
const Value* ValueOf(const Object* object, std::string_view name);

/// Whether the rule is about tokens of the job's issuer.
bool SpeaksOf(const Rule& rule, const Subject& subject);

/// Whether the job's own words about the fact are ambiguous.
bool IsDisputed(const Subject& subject, std::string_view fact);

/// Whether an allow rule may match this job at all.
bool IsCandidate(const Rule& rule, const Subject& subject);

/// What the rule lets the job's other id_tokens name as audience, as its `audiences` say it.
/// REQUIRES: it says so.
std::string AudiencesText(const Rule& rule);

/// Whether the conditions of an allow rule are met, whatever the audiences.
bool Matches(const Rule& rule, const Subject& subject);

/// Whether an allow rule matches and permits all of the job's other audiences.
bool Allows(const Rule& rule, const Subject& subject);

/// Whether a condition of a deny rule is met, or cannot be ruled out: a job without a token could
/// have any issuer and any claims, so only facts can clear it; and a disputed fact clears nothing.
bool MayMeetClaim(const NamedCondition& condition, const Subject& subject);
bool MayMeetFact(const NamedCondition& condition, const Subject& subject);

/// Whether a deny rule matches.
bool Denies(const Rule& rule, const Subject& subject);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_MATCHING_H_
