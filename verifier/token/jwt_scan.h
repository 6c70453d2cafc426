#ifndef JOBWARDEN_VERIFIER_TOKEN_JWT_SCAN_H_
#define JOBWARDEN_VERIFIER_TOKEN_JWT_SCAN_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace jobwarden {

/// Finds what may be JWTs in a text: three base64url parts with dots between them, of which the
/// first begins with `eyJ`. Other base64url characters may stand right before the `eyJ`. If several
/// `eyJ` could be the beginning, the JWT begins at the last one that makes the first part a JSON
/// object; if none does, at the first one. Parts are as long as possible. Takes linear time.
std::vector<std::string_view> FindJwts(std::string_view text);

/// Whether the JWT that begins at `at` is a part of a GitHub token: `ghs_`, an app's id, `_`
/// and a JWT that GitHub made for itself. Such a JWT is not an id_token, whoever its `iss` names.
bool IsPartOfGitHubToken(std::string_view text, std::size_t at);

/// The first characters of a JWT: `{"` in base64url.
inline constexpr std::string_view kJwtStart = "eyJ";

/// Returns the offset at which the JWT begins inside a run of base64url characters that ends with
/// its first part, or npos if the run has no `eyJ`.
std::size_t JwtBegin(std::string_view run);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_JWT_SCAN_H_
