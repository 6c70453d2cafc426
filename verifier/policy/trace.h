#ifndef JOBWARDEN_VERIFIER_POLICY_TRACE_H_
#define JOBWARDEN_VERIFIER_POLICY_TRACE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "verifier/policy/decision.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// One condition of a rule, held against a job.
struct MatcherTrace {
  const NamedCondition* matcher;
  bool is_fact;
  bool met;             ///< of a deny rule: met, or it cannot be ruled out
  bool ruled_by_doubt;  ///< of a deny rule: met because nobody can rule it out
  std::string got;      ///< as evidence has it
};

/// A whole rule, held against a job by the functions that decide.
struct RuleTrace {
  const Rule* rule;
  bool is_deny;
  bool speaks_of_issuer;  ///< the rule is about tokens of the job's issuer
  bool needs_token;       ///< an allow rule, and the job has no token
  std::vector<MatcherTrace> matchers;
  std::vector<std::string> refused_audiences;  ///< of the job's other id_tokens
  bool applies;  ///< an allow rule allows, a deny rule denies; also in report mode

  /// How many things keep the rule from applying.
  std::size_t unmet() const;
};

/// All rules, the deny rules first, each in file order.
std::vector<RuleTrace> TraceRules(const Policy& policy, const Subject& subject);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_TRACE_H_
