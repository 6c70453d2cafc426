#ifndef JOBWARDEN_VERIFIER_ADMISSION_VERIFY_TOKEN_H_
#define JOBWARDEN_VERIFIER_ADMISSION_VERIFY_TOKEN_H_

#include <functional>
#include <string>

#include "verifier/admission/admit.h"
#include "verifier/admission/record.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/keys/key_source.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// What is asked about one token, by `jobwarden verify` and by the service's `/v1/decide`.
struct TokenQuestion {
  Secret token;
  std::string issuer;  ///< the name of the issuer whose token it must be; empty: see IssuerFor
  /// Reads what the runner knows about the job. Empty: nothing is known, and the token is bound to
  /// no job.
  std::function<Result<Job>(Provider provider)> facts;
};

/// Verifies the token and decides by the rules. The findings say why there is no decision: an
/// issuer that is not configured, or facts that cannot be read.
Result<Record> VerifyToken(TokenQuestion question, const Config& config, KeySource& keys,
                           const Clock& clock);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_VERIFY_TOKEN_H_
