#ifndef JOBWARDEN_VERIFIER_SERVICE_VALIDATION_H_
#define JOBWARDEN_VERIFIER_SERVICE_VALIDATION_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/http/answer.h"

namespace jobwarden {

/// An answer of JWTShield's form to the question whether a token is valid: a status for each kind
/// of check, what was found, and a summary. A check that an earlier failure kept from being made is
/// "skipped", and a token is valid only if no check failed or was skipped.
class Validation {
 public:
  /// The outcome of the checks of a token. `proven`: the signature is good, so the later checks
  /// were made. Findings of 4xx or 5xx kind (see Fault) must not come here.
  Validation(const Findings& findings, bool proven);

  /// Adds a claim that is not as the request expects: a failure of `required_claims`.
  void AddMismatch(std::string_view code, std::string_view claim, const Value* got,
                   std::string_view expected);

  HttpResponse Answer() const;

 private:
  enum Check { kSignature, kIssuer, kAudience, kAlgorithm, kTime, kRequiredClaims, kCount };
  enum class Status { kPass, kFail, kSkipped };
  static Check CheckOf(const Finding& finding);

  Status statuses_[kCount];
  Array findings_;
  std::vector<std::string> problems_;
};

/// Whether findings say that the question cannot be answered (the answer is an error), and not that
/// the token is bad: 400 for a token that cannot be parsed, 503 without keys. 0 if they do not.
int FaultStatus(const Findings& findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_VALIDATION_H_
