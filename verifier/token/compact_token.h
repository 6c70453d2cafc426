#ifndef JOBWARDEN_VERIFIER_TOKEN_COMPACT_TOKEN_H_
#define JOBWARDEN_VERIFIER_TOKEN_COMPACT_TOKEN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/token/algorithm.h"

namespace jobwarden {

inline constexpr std::size_t kMaxTokenBytes = 16 * 1024;

/// A JWS in compact form (RFC 7515 §7.1) whose form and header are in order. It proves nothing
/// about who wrote it: see SignedToken.
///
/// Holds the received text, which is a secret: it is wiped, and never printed.
class CompactToken {
 public:
  /// Refuses: more than kMaxTokenBytes; other than three parts; parts that are no canonical
  /// base64url; an empty header or signature (MALFORMED_TOKEN). A header that is no strict JSON
  /// object (MALFORMED_TOKEN); `alg` that is missing, unknown, `none` or a MAC (ALGORITHM_INVALID);
  /// `crit`, `jwk`, `jku`, `x5u`, `x5c`, `b64`; `typ` other than `JWT`; `kid` missing or empty or
  /// not a string (HEADER_INVALID).
  ///
  /// `payload_may_be_empty` is for bare JWS signatures; a token's payload is never empty.
  static Result<CompactToken> Parse(std::string_view text, bool payload_may_be_empty = false);

  CompactToken(CompactToken&&) noexcept;
  CompactToken& operator=(CompactToken&&) noexcept;
  ~CompactToken();

  Algorithm algorithm() const;
  const std::string& kid() const;
  /// The received bytes that are signed: header, dot, payload, as they came (RFC 7515 §5.2).
  std::string_view signing_input() const;
  /// The decoded signature.
  std::string_view signature() const;
  /// The decoded payload: any bytes.
  std::string_view payload() const;
};

/// The `iss` of what may be a token, looked at before anything about it is proven: it serves to
/// choose the issuer whose keys will decide, and for nothing else. Nothing when `text` is not
/// three parts whose second is a JSON object with a string `iss`. Lenient about the rest, so that
/// a token of ours with a broken header or signature is still recognised as one, and refused.
std::optional<std::string> PeekIssuer(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_COMPACT_TOKEN_H_
