#ifndef JOBWARDEN_VERIFIER_REVIEW_EXPLAIN_H_
#define JOBWARDEN_VERIFIER_REVIEW_EXPLAIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/config/config.h"
#include "verifier/policy/trace.h"
#include "verifier/review/unsigned_job.h"

namespace jobwarden {

/// Who vouches for what is known of a job.
enum class Proof : std::uint8_t {
  kVerified,  ///< its token is one that would be accepted now
  kDecoded,   ///< its token was only decoded, or has faults
  kUnsigned,  ///< nobody: somebody wrote its claims and facts
  kRecorded,  ///< the audit line: they were checked when the job was decided about
};

/// A job for which a policy is to be explained.
struct JobToExplain {
  Proof proof = Proof::kUnsigned;
  /// Absent: the rules are not asked about it, and `before` says why.
  std::optional<UnsignedJob> job;
  Findings before;                     ///< of the verification of its token
  std::vector<std::string> variables;  ///< which exposure rule fits each of these
  std::optional<Record> record;        ///< what was recorded, with kRecorded
  Array requests{};                    ///< then also audit lines: its steps' id_token requests
};

/// What a policy says of a job, and why. Points into the configuration.
struct Explanation {
  JobToExplain asked;
  Outcome outcome = Outcome::kError;
  std::string rule;  ///< the allow rule that decides
  Findings findings;
  /// Those that apply; then the allow rules that do not, the nearest first; then the deny rules.
  std::vector<RuleTrace> rules;
  const Issuer* issuer = nullptr;  ///< of the job's token; null: it has none
  bool other_policy = false;       ///< the job was decided about by another policy than this one

  /// A setting of `[exposure]` for a variable.
  struct Variable {
    std::string name;
    const ExposureRule* rule;  ///< null: the defaults count
    std::string setting;       ///< then which: `unused`; empty: that depends on its value
    std::string why;           ///< what the record says of it; may be empty
  };
  std::vector<Variable> variables;

  /// Whether the record leaves out what the condition is about. Then nobody knows whether it is
  /// met.
  bool IsUnrecorded(const MatcherTrace& matcher) const;
  /// Whether that makes the outcome uncertain: it alone keeps a rule from applying, or does not.
  bool uncertain() const;
};

/// Asks the rules about the job, by the functions that decide about jobs.
Explanation Explain(JobToExplain asked, const Config& config);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_EXPLAIN_H_
