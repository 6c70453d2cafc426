#ifndef JOBWARDEN_VERIFIER_REVIEW_REPLAY_H_
#define JOBWARDEN_VERIFIER_REVIEW_REPLAY_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "verifier/admission/record.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// A decision that was made again.
struct Replayed {
  std::string outcome;  ///< as a record has it, or kNotDecidable
  std::string by;  ///< the rule that allows, the code of the first finding that forbids, or why
                   ///< it cannot be decided
};

inline constexpr std::string_view kNotDecidable = "cannot be decided";

/// The claims and facts of a record that Replayer::Decide looks at. A reader of a million records
/// can leave out the others.
struct NeededNames {
  std::set<std::string> claims{"iss", "aud"};
  std::set<std::string> facts{"event", "fork", "image", "ref_protected", "services"};

  /// Adds those that the rules name.
  void Add(const Policy& policy);
};

/// Decides recorded decisions again by a configuration's rules. What was found out about the job's
/// tokens stays as it was recorded.
///
/// A record may leave claims out, and it does not say which facts were disputed. Then the rules are
/// asked twice: once as if what is unknown were against the job wherever it could be, and once as
/// if it were for the job. If the answers differ, the decision cannot be made again. Nor can it if
/// the token's issuer is not configured. For one thread.
class Replayer {
 public:
  /// Does not own `config`.
  explicit Replayer(const Config& config) : config_(config) {}

  /// Of the record, the members outcome, provider, issuer, rule, findings, claims, facts,
  /// unrecorded, token and tokens are looked at; see NeededNames.
  Replayed Decide(const Record& record);

 private:
  struct Bounds {
    Policy strict;         // what is unknown is against the job
    Policy generous;       // what is unknown is for the job
    bool are_one = false;  // no rule needs what is unknown
  };
  const Bounds& BoundsFor(const std::vector<std::string>& unknown,
                          const std::vector<std::string>& maybe_disputed);

  const Config& config_;
  std::map<std::vector<std::string>, Bounds> bounds_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_REPLAY_H_
