#ifndef JOBWARDEN_VERIFIER_TOKEN_SIGNED_TOKEN_H_
#define JOBWARDEN_VERIFIER_TOKEN_SIGNED_TOKEN_H_

#include <memory>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/value.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// Checks the signature of a JWS over the received bytes, whatever the payload is.
///
/// Refuses: an algorithm that is not in `allowed` (ALGORITHM_INVALID); a `kid` that the set has no
/// usable key for (KEY_UNKNOWN; a JWS without `kid`, which no token is, is checked with the only
/// key of a set that holds one); a key whose type, curve or `alg` is not that of the token's
/// algorithm (ALGORITHM_INVALID, RFC 8725 §3.1); a signature that does not verify, an ECDSA one of
/// the wrong length included (SIGNATURE_INVALID, RFC 7518 §3.4).
Status VerifySignature(const CompactToken& token, const KeySet& keys,
                       const std::vector<Algorithm>& allowed);

/// Claims that an issuer's key has signed. To hold one is the proof of that, and of nothing else:
/// not of time, audience or job.
class SignedToken {
 public:
  /// VerifySignature, and then the payload: a strict JSON object (MALFORMED_TOKEN).
  /// REQUIRES: `token` was parsed as CompactToken::Form::kToken.
  static Result<SignedToken> Verify(const CompactToken& token, const KeySet& keys,
                                    const std::vector<Algorithm>& allowed);

  const Object& claims() const { return *claims_; }
  Algorithm algorithm() const { return algorithm_; }
  const std::string& kid() const { return kid_; }

 private:
  SignedToken(std::shared_ptr<const Object> claims, Algorithm algorithm, std::string kid);
  std::shared_ptr<const Object> claims_;
  Algorithm algorithm_;
  std::string kid_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_SIGNED_TOKEN_H_
