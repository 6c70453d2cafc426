#ifndef JOBWARDEN_VERIFIER_TOKEN_JWS_H_
#define JOBWARDEN_VERIFIER_TOKEN_JWS_H_

#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// Checks the signature of a compact JWS, for `jobwarden jws`: with the header and key rules that
/// tokens have, over a payload of any bytes, or none. One newline at the end (LF or CRLF) is no
/// part of it.
///
/// Unlike a token, a JWS need not name its key: one without `kid` is checked with the key of a set
/// that holds exactly one.
Status CheckJws(std::string_view text, const KeySet& keys, const std::vector<Algorithm>& allowed);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_JWS_H_
