#ifndef JOBWARDEN_VERIFIER_TOKEN_KEY_SET_H_
#define JOBWARDEN_VERIFIER_TOKEN_KEY_SET_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"

namespace jobwarden {

inline constexpr std::size_t kMaxKeySetBytes = 1'048'576;

/// A public key that can be used. Only signature.cc knows its content, which is libcrypto's.
struct PublicKey;

/// A key of the set that cannot be used, and why.
struct SkippedKey {
  std::string kid;  ///< empty if the key has none
  std::string reason;
};

/// The usable public keys of a JWK Set (RFC 7517 §5): RSA of 2048 bits and more, EC P-256, P-384,
/// P-521, Ed25519. It is immutable and cheap to copy, and several threads may use it at once.
///
/// A key that cannot be used is skipped, with the reason, and does not make the set bad: unknown
/// `kty` or `crv`, `use` other than `sig`, `key_ops` without `verify`, an `alg` that is not the
/// key's, a `kid` that is missing or that two different keys have, a private or symmetric key, a
/// point that is not on its curve …
class KeySet {
 public:
  /// Refuses anything but a strict JSON object with an array `keys`, and more than kMaxKeySetBytes.
  /// The finding has the code `code`, and its message begins with `what`.
  static Result<KeySet> Parse(std::string_view bytes, Code code, std::string_view what);

  /// The usable key with exactly this `kid`; null if there is none.
  const PublicKey* Find(std::string_view kid) const;
  bool Has(std::string_view kid) const { return Find(kid) != nullptr; }
  /// If the set holds exactly one key, with or without a `kid`: this key. Else null.
  const PublicKey* Only() const;
  /// The `kid`s of the usable keys, in the order of the set.
  std::vector<std::string> kids() const;
  const std::vector<SkippedKey>& skipped() const;

 private:
  struct State;
  explicit KeySet(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_KEY_SET_H_
