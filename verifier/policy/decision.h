#ifndef JOBWARDEN_VERIFIER_POLICY_DECISION_H_
#define JOBWARDEN_VERIFIER_POLICY_DECISION_H_

#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// The job that rules decide about.
struct Subject {
  std::string issuer;              ///< name of the token's issuer; empty: the job is tokenless
  const Object* claims = nullptr;  ///< null: the job is tokenless
  const Object* facts = nullptr;   ///< REQUIRES: not null
  /// The audiences of the job's other verified id_tokens.
  std::vector<std::string> other_audiences;
  /// The names of facts that are absent because the job's own words about them are ambiguous.
  std::vector<std::string> disputed{};
  /// Why nobody could tell whether the job is a fork's, in words for a person; empty if somebody
  /// could.
  std::string fork_unknown{};
};

/// The answer. Only Decide makes an allow: from an allow rule, and without a finding that forbids.
class Decision {
 public:
  Outcome outcome() const { return outcome_; }
  /// The name of the allow rule that decided; empty unless the outcome is allow.
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

/// Decides about a job. `before` is what verification found; these findings come first in the
/// decision, and do not keep the rules from being asked.
///
/// The order is: the fork test (FORK_DENIED; JOB_UNREADABLE if the job counts as a fork's because
/// nobody could tell), the deny rules (RULE_DENIED, one for each rule that
/// matches), then the first allow rule, in file order, that matches and permits all other
/// audiences. If no allow rule matches: NO_RULE_ALLOWS, with the unmet conditions of the nearest
/// rule as evidence. If rules match but none permits an audience: AUDIENCE_MISMATCH instead. A rule
/// with an issuer matches only that issuer's tokens. In evidence, `facts.` stands before a fact's
/// name.
///
/// Only an allow rule with `tokenless` and without issuer may match a tokenless job; without one
/// the job is TOKEN_MISSING. A deny rule matches a tokenless job whatever the rule's issuer and
/// claims are, because nobody can rule them out. A disputed fact cannot be ruled out either: it
/// satisfies every condition of a deny rule, and none of an allow rule. A `tokenless` rule may also
/// match a job with a token.
///
/// A deny rule in report mode that matches is reported (`report_only`) and changes nothing. An
/// allow rule in report mode never allows; NO_RULE_ALLOWS names it if it would have allowed the
/// job.
Decision Decide(const Policy& policy, const Subject& subject, Findings before);

/// Refuses without asking the rules, because `findings` leave nothing to ask about.
/// REQUIRES: the outcome of `findings` is not allow.
Decision Refuse(Findings findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_DECISION_H_
