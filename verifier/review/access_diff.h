#ifndef JOBWARDEN_VERIFIER_REVIEW_ACCESS_DIFF_H_
#define JOBWARDEN_VERIFIER_REVIEW_ACCESS_DIFF_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/place.h"
#include "verifier/config/config.h"
#include "verifier/policy/witness.h"

namespace jobwarden {

/// A job that one configuration allows and the other does not.
struct AccessExample {
  std::string issuer;  ///< name of the issuer of its token, where it is allowed; empty: no token
  Witness job;
  Findings refusals;  ///< what keeps the job from running under the other configuration
};

/// A reason why a configuration lets jobs run that the other one does not.
struct AccessChange {
  std::string rule;     ///< name of the allow rule that brings them; empty: a setting does
  Place place{};        ///< of the rule
  std::string setting;  ///< `mode`, `issuer "ci": leeway`; empty: a rule
  std::string message;  ///< what the setting is under both; empty for a rule
  std::optional<AccessExample> example{};
};

struct Access {
  std::vector<AccessChange> changes;
  std::vector<std::string> undecided;  ///< for which rules or jobs the search gave up

  /// Whether it is certain that there is nothing.
  bool IsNone() const { return changes.empty() && undecided.empty(); }
};

/// The jobs that run under `allowing` and not under `refusing`: by their rules, fork tests, issuers
/// and modes. Two configurations in report mode are compared as if they were enforced.
///
/// A rule appears once, with one example that Decide has confirmed for both configurations. A
/// setting of an issuer that makes more tokens good is a change whatever the rules say.
///
/// Not compared is which of several rules allows a job: so the order of rules with different
/// `audiences` may change what a GitHub job's steps get from the token broker.
Access FindNewAccess(const Config& allowing, const Config& refusing);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_ACCESS_DIFF_H_
