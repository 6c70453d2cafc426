#ifndef JOBWARDEN_VERIFIER_SERVICE_TRUSTED_KEY_H_
#define JOBWARDEN_VERIFIER_SERVICE_TRUSTED_KEY_H_

#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/base/value.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// A set with the one public key that a request brings: PEM (`BEGIN PUBLIC KEY`), a JWK, or a JWK
/// Set with one key. The key gets the name `kid`, whatever name it has, because the request says
/// that it is the key. CONFIG_INVALID for anything else, and for a key that is not used here.
Result<KeySet> ReadTrustedKey(std::string_view text, std::string_view kid);

/// Checks a token with a MAC of `secret`: HS256, HS384 or HS512, as `allowed` says. Returns its
/// claims. Only `/v1/validate/jwt` calls this: whoever can check such a token can make one, so no
/// issuer of CI tokens uses it. MALFORMED_TOKEN, ALGORITHM_INVALID, HEADER_INVALID,
/// SIGNATURE_INVALID.
Result<Value> VerifyMac(std::string_view token, std::string_view secret,
                        const std::vector<std::string>& allowed);

/// Whether this is the name of a MAC algorithm.
bool IsMacName(std::string_view algorithm);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_TRUSTED_KEY_H_
