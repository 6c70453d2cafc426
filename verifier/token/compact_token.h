#ifndef JOBWARDEN_VERIFIER_TOKEN_COMPACT_TOKEN_H_
#define JOBWARDEN_VERIFIER_TOKEN_COMPACT_TOKEN_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/base/value.h"
#include "verifier/token/algorithm.h"

namespace jobwarden {

/// A GitLab user in 200 groups with long paths has an id_token of about 34 KB. A longer one could
/// not be a variable: Linux allows 128 KiB for one, and an alias may hold two tokens.
inline constexpr std::size_t kMaxTokenBytes = 65'536;

/// So much of a longer text may be read to learn its issuer: a token of ours that is too long is
/// recognised, and refused.
inline constexpr std::size_t kMaxPeekedBytes = 1'048'576;

/// Whether a text has the size and the characters of a compact token. So it has no line break.
/// Nothing else is checked.
bool HasTokenCharacters(std::string_view text);

/// A JWS in compact form (RFC 7515 §7.1) with a valid form and header. It proves nothing about its
/// author: see SignedToken.
///
/// It holds the received text, which is a secret: it is wiped and never printed.
class CompactToken {
 public:
  enum class Form {
    kToken,   ///< a JWT (RFC 7519): the payload is not empty, `kid` is required
    kJws,     ///< the payload may be any bytes or empty, `kid` may be absent
    kOneKey,  ///< a JWT for which the caller has exactly one key: `kid` may be absent, and `typ`
              ///< may be `at+jwt` (RFC 9068)
  };

  /// Refuses: more than kMaxTokenBytes; other than three parts; a part that is not canonical
  /// base64url; an empty header, payload or signature; a header that is not a strict JSON object
  /// (MALFORMED_TOKEN); an `alg` that is missing, unknown, `none` or a MAC (ALGORITHM_INVALID); a
  /// header with `crit`, `jwk`, `jku`, `x5u`, `x5c` or `b64`; a `typ` other than `JWT`; a `kid`
  /// that is missing, empty or not a string (HEADER_INVALID). Only the first fault is reported.
  static Result<CompactToken> Parse(std::string_view text, Form form = Form::kToken);

  Algorithm algorithm() const { return algorithm_; }
  /// Empty without a `kid`, which Form::kToken does not permit.
  const std::string& kid() const { return kid_; }
  /// The `iss` that the token claims, as PeekIssuer returns it. Null if PeekIssuer returns nothing,
  /// and always for Form::kJws.
  const std::string* issuer() const;
  /// The signed bytes, as they were received: header, dot, payload (RFC 7515 §5.2).
  std::string_view signing_input() const { return text_.view().substr(0, signed_bytes_); }
  /// The decoded signature.
  std::string_view signature() const { return signature_.view(); }

 private:
  // Returns the claims only after the signature has been verified.
  friend class SignedToken;
  CompactToken() = default;

  Secret text_;
  Secret signature_;
  std::size_t signed_bytes_ = 0;
  Algorithm algorithm_{};
  std::string kid_;
  // The payload is read once, together with the header. Null for Form::kJws.
  std::shared_ptr<const Result<Value>> claims_;
};

/// The `iss` of a text that may be a token. Nothing about the text is proven yet: use the result
/// only to choose the issuer whose keys will decide. Nothing unless `text` has three parts and the
/// second is a JSON object with a string `iss`. The rest is not checked, so that a token of ours
/// with a broken header or signature is recognised as a token, and then refused.
std::optional<std::string> PeekIssuer(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_COMPACT_TOKEN_H_
