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

/// Decides, given what verification found before (which it keeps, in front of its own findings).
///
/// Fork test (FORK_DENIED), then deny rules (RULE_DENIED, one for each that matches), then the
/// first allow rule in file order that matches and permits all other audiences. None:
/// NO_RULE_ALLOWS, with the nearest rule's unmet conditions as evidence; AUDIENCE_MISMATCH instead
/// when rules match but none permits an audience. A deny rule on claims matches a tokenless job.
Decision Decide(const Policy& policy, const Subject& subject, Findings before);

/// A refusal without asking the rules, because `findings` leave nothing to ask them about.
/// REQUIRES: the outcome of `findings` is not allow.
Decision Refuse(Findings findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_DECISION_H_
