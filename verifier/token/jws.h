#ifndef JOBWARDEN_VERIFIER_TOKEN_JWS_H_
#define JOBWARDEN_VERIFIER_TOKEN_JWS_H_

#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// Checks the signature of a compact JWS, for `jobwarden jws`. The rules for header and keys are
/// those of tokens; the payload may be any bytes, or empty. One newline at the end (LF or CRLF)
/// does not belong to the JWS.
///
/// Unlike a token, a JWS may lack a `kid`. It is then checked with the only key of a set that holds
/// exactly one.
Status CheckJws(std::string_view text, const KeySet& keys, const std::vector<Algorithm>& allowed);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_JWS_H_
