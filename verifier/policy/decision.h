#ifndef JOBWARDEN_VERIFIER_POLICY_DECISION_H_
#define JOBWARDEN_VERIFIER_POLICY_DECISION_H_

#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// What rules are asked about.
struct Subject {
  std::string issuer;              ///< the name of the token's issuer; empty: the job is tokenless
  const Object* claims = nullptr;  ///< null: the job is tokenless
  const Object* facts = nullptr;   ///< REQUIRES: not null
  /// The audiences of the job's other verified id_tokens.
  std::vector<std::string> other_audiences;
  /// Facts that are absent because the job itself made them doubtful.
  std::vector<std::string> disputed{};
};

/// The answer. An allow is made in Decide alone: from an allow rule, and no finding that forbids.
class Decision {
 public:
  Outcome outcome() const { return outcome_; }
  /// The allow rule that decided; empty unless the outcome is allow.
  const std::string& rule() const { return rule_; }
  const Findings& findings() const { return findings_; }

 private:
  friend Decision Decide(const Policy&, const Subject&, Findings);
  friend Decision Refuse(Findings);
  Decision() = default;
  Outcome outcome_ = Outcome::kError;
  std::string rule_;
  Findings findings_;
};

/// Decides, given what verification found before. It keeps that in front of its own findings;
/// neither stops the other.
///
/// Fork test (FORK_DENIED), then deny rules (RULE_DENIED, one for each that matches), then the
/// first allow rule in file order that matches and permits all other audiences. None:
/// NO_RULE_ALLOWS, with the nearest rule's unmet conditions as evidence; AUDIENCE_MISMATCH instead
/// when rules match but none permits an audience. A rule with an issuer matches only its tokens.
/// Evidence about a fact has `facts.` before its name.
///
/// A tokenless job: only an allow rule with `tokenless` and without issuer may match it, else it is
/// TOKEN_MISSING; a deny rule matches it whatever its issuer and claims are, for they cannot be
/// ruled out. Nor can a disputed fact: it satisfies every condition of a deny rule, and none of an
/// allow rule. A job with a token may match a `tokenless` rule too.
///
/// A deny rule in report mode that matches is said (`report_only`) and changes nothing; an allow
/// rule in report mode never allows, and NO_RULE_ALLOWS names it when it would have.
Decision Decide(const Policy& policy, const Subject& subject, Findings before);

/// A refusal without asking the rules, because `findings` leave nothing to ask them about.
/// REQUIRES: the outcome of `findings` is not allow.
Decision Refuse(Findings findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_DECISION_H_
