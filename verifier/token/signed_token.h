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
/// Refuses: an algorithm that is not in `allowed` (ALGORITHM_INVALID); a `kid` for which the set
/// has no usable key (KEY_UNKNOWN); a key whose type, curve or `alg` is not that of the token's
/// algorithm (ALGORITHM_INVALID, RFC 8725 §3.1); a signature that does not verify, also an ECDSA
/// signature of the wrong length (SIGNATURE_INVALID, RFC 7518 §3.4). A JWS without `kid`, which is
/// never a token, is checked with the only key of a set that holds exactly one.
Status VerifySignature(const CompactToken& token, const KeySet& keys,
                       const std::vector<Algorithm>& allowed);

/// Claims that an issuer's key has signed. An object of this class proves that, and nothing else:
/// not time, audience or job.
class SignedToken {
 public:
  /// Calls VerifySignature, then checks that the payload is a strict JSON object (MALFORMED_TOKEN).
  /// REQUIRES: `token` was not parsed as CompactToken::Form::kJws.
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
