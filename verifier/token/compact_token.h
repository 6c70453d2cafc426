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

inline constexpr std::size_t kMaxTokenBytes = 16'384;

/// Whether a text has the size and the characters of a compact token, and so no line break. Says
/// nothing else of it.
bool HasTokenCharacters(std::string_view text);

/// A JWS in compact form (RFC 7515 §7.1) whose form and header are in order. It proves nothing
/// about who wrote it: see SignedToken.
///
/// Holds the received text, which is a secret: it is wiped, and never printed.
class CompactToken {
 public:
  enum class Form {
    kToken,  ///< a JWT (RFC 7519): the payload is not empty, `kid` is required
    kJws,    ///< any signed bytes, none included; `kid` may be absent
  };

  /// Refuses: more than kMaxTokenBytes; other than three parts; parts that are no canonical
  /// base64url; an empty header, payload or signature (MALFORMED_TOKEN). A header that is no strict
  /// JSON object (MALFORMED_TOKEN); `alg` that is missing, unknown, `none` or a MAC
  /// (ALGORITHM_INVALID); `crit`, `jwk`, `jku`, `x5u`, `x5c`, `b64`; `typ` other than `JWT`; `kid`
  /// missing or empty or not a string (HEADER_INVALID). The first of these is the only finding.
  static Result<CompactToken> Parse(std::string_view text, Form form = Form::kToken);

  Algorithm algorithm() const { return algorithm_; }
  /// Empty when there is none, which Form::kJws alone permits.
  const std::string& kid() const { return kid_; }
  /// The `iss` that the token claims, as PeekIssuer has it; null where that has nothing, and always
  /// for Form::kJws.
  const std::string* issuer() const;
  /// The received bytes that are signed: header, dot, payload, as they came (RFC 7515 §5.2).
  std::string_view signing_input() const { return text_.view().substr(0, signed_bytes_); }
  /// The decoded signature.
  std::string_view signature() const { return signature_.view(); }

 private:
  // Gives out what the payload says, once its signature is good.
  friend class SignedToken;
  CompactToken() = default;

  Secret text_;
  Secret signature_;
  std::size_t signed_bytes_ = 0;
  Algorithm algorithm_{};
  std::string kid_;
  // Read once, and together with the header; null for Form::kJws.
  std::shared_ptr<const Result<Value>> claims_;
};

/// The `iss` of what may be a token, looked at before anything about it is proven: it serves to
/// choose the issuer whose keys will decide, and for nothing else. Nothing when `text` is not
/// three parts whose second is a JSON object with a string `iss`. Lenient about the rest, so that
/// a token of ours with a broken header or signature is still recognised as one, and refused.
std::optional<std::string> PeekIssuer(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_COMPACT_TOKEN_H_
