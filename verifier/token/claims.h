#ifndef JOBWARDEN_VERIFIER_TOKEN_CLAIMS_H_
#define JOBWARDEN_VERIFIER_TOKEN_CLAIMS_H_

#include <chrono>
#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {

/// The values that a token's registered claims (RFC 7519 §4.1) must have.
struct ClaimRules {
  std::string issuer;               ///< equals `iss`, byte for byte
  std::chrono::seconds leeway{30};  ///< allowed difference between two clocks
  std::chrono::seconds max_lifetime{std::chrono::hours(24)};
};

/// Checks issuer and times: `iss` (ISSUER_MISMATCH); `exp`, `iat` present and whole numbers, `nbf`
/// a whole number if it is present (REQUIRED_CLAIM_MISSING, CLAIM_INVALID); `exp` > now - leeway
/// (TOKEN_EXPIRED); `nbf`, `iat` <= now + leeway (TOKEN_NOT_YET_VALID); `exp` - `iat` <=
/// max_lifetime, and not negative (LIFETIME_EXCEEDED, CLAIM_INVALID). Lists every failure: no
/// failure hides another.
Findings CheckClaims(const SignedToken& token, const ClaimRules& rules,
                     std::chrono::sys_seconds now);

/// The audiences of a token (`aud`: a string, or an array of strings; RFC 7519 §4.1.3).
/// REQUIRED_CLAIM_MISSING without `aud`, CLAIM_INVALID for another type or an empty array.
Result<std::vector<std::string>> AudiencesOf(const SignedToken& token);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_CLAIMS_H_
