#ifndef JOBWARDEN_VERIFIER_POLICY_WITNESS_H_
#define JOBWARDEN_VERIFIER_POLICY_WITNESS_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/base/value.h"
#include "verifier/policy/decision.h"
#include "verifier/policy/reach.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// How a policy sees the jobs of a class.
struct PolicyView {
  const Policy* policy;
  std::string issuer{};      ///< name of the issuer of the jobs' tokens; empty: they are tokenless
  bool refuses_all = false;  ///< whatever the rules say, for example for a token's audience
};

/// Jobs that two policies are asked about.
struct JobClass {
  PolicyView allowing;
  PolicyView refusing;
  std::vector<NamedCondition> claims{};  ///< what all these jobs meet
  std::vector<NamedCondition> facts{};
  /// Set if the fact `fork` of one job is not the same for both policies. Then `facts` is about the
  /// allowing policy's, and this is what the other one's meets.
  std::optional<std::vector<NamedCondition>> refusing_fork{};
  ShapeOf usual{};     ///< what a claim or fact is, as far as anybody knows; looked for first
  ShapeOf possible{};  ///< what it can be at all
};

/// A job that one policy allows and the other does not: both were asked.
struct Witness {
  std::optional<Object> claims{};  ///< absent: the job has no token
  Object facts{};
  std::optional<bool> refusing_fork{};  ///< the fact `fork` for the refusing policy, if it differs
  std::vector<std::string> other_audiences{};
  std::vector<std::string> disputed{};
  bool is_usual = true;  ///< false: a value in it has an unusual shape, or is disputed

  /// The job as a policy sees it. Points into the arguments and this witness; `facts` is changed
  /// for the refusing policy.
  Subject SubjectFor(const PolicyView& view, const Object& facts_seen) const;
  Object FactsForRefusing() const;
};

/// What was found out about the jobs that an allow rule brings.
struct RuleWitness {
  const Rule* rule;                  ///< of the allowing policy
  std::optional<Witness> witness{};  ///< absent: the search gave up
};

/// Looks, for each allow rule of the allowing policy, for a job of the class that the rule matches,
/// that its policy allows, and that the other policy does not allow. Rules for which there is no
/// such job are not in the answer: for them that is certain.
///
/// A job is a value for each name in the rules. It begins as one that meets the rule; each rule of
/// either policy that should not match it and does is made to fail in one of its conditions, one
/// after the other, and FindValue says whether a value is left. What Decide does not confirm counts
/// as given up, for example where a claim and a pointer into it contradict each other.
std::vector<RuleWitness> FindWitnesses(const JobClass& jobs);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_WITNESS_H_
