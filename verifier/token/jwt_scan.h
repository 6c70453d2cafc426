#ifndef JOBWARDEN_VERIFIER_TOKEN_JWT_SCAN_H_
#define JOBWARDEN_VERIFIER_TOKEN_JWT_SCAN_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace jobwarden {

/// What may be JWTs in a text: three base64url parts with dots between them, the first from an
/// `eyJ` on, which may follow other base64url characters right away. Where several `eyJ` could be
/// the beginning, it is the last from which the first part is a JSON object, else the first of
/// all. Parts are as long as they can be. Takes linear time.
std::vector<std::string_view> FindJwts(std::string_view text);

/// How a JWT begins: `{"` in base64url.
inline constexpr std::string_view kJwtStart = "eyJ";

/// Where in a run of base64url characters, the first part of such a JWT at its end, the JWT
/// begins; npos where no `eyJ` is.
std::size_t JwtBegin(std::string_view run);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_JWT_SCAN_H_
