#ifndef JOBWARDEN_VERIFIER_TOKEN_SIGNATURE_H_
#define JOBWARDEN_VERIFIER_TOKEN_SIGNATURE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/token/algorithm.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// A key, or the reason why these numbers are not a key.
struct MadeKey {
  std::shared_ptr<const PublicKey> key;
  std::string reason;
};

/// The one algorithm that a JWK's `alg` permits (RFC 7517 §4.4). Nothing: all algorithms of the
/// key's type.
using KeyAlgorithm = std::optional<Algorithm>;

/// An RSA key from modulus and exponent, big-endian (RFC 7518 §6.3.1). Refuses a modulus that is
/// even, under 2048 bits (RFC 7518 §3.3) or over 8192 bits; an exponent that is even, 1, or over 64
/// bits (a large exponent makes every check slow); an `alg` of another type.
MadeKey MakeRsaKey(std::string_view modulus, std::string_view exponent, KeyAlgorithm alg);

/// A key on `P-256`, `P-384` or `P-521` from the point's coordinates, each as long as the field's
/// elements (RFC 7518 §6.2.1). Refuses other curves, points that are not on the curve, and an
/// `alg` of another curve.
MadeKey MakeEcKey(std::string_view curve, std::string_view x, std::string_view y, KeyAlgorithm alg);

/// An `Ed25519` key (RFC 8037 §2). Refuses other curves, other than 32 bytes, and another `alg`.
MadeKey MakeEdKey(std::string_view curve, std::string_view x, KeyAlgorithm alg);

/// Type and size of a key. The type is `RSA`, `P-256`, `P-384`, `P-521` or `Ed25519`.
struct KeyTraits {
  std::string_view type;
  int bits;
};
KeyTraits TraitsOf(const PublicKey& key);

/// Whether two are the same key: the same type, curve and numbers, left to the same `alg`.
bool SameKey(const PublicKey& a, const PublicKey& b);

/// Whether the key may check signatures of the algorithm: its type and curve are the algorithm's
/// (each algorithm has one), and its `alg` is absent or this algorithm (RFC 7518 §3.1, RFC 8725
/// §3.1).
bool Fits(const PublicKey& key, Algorithm algorithm);

/// Whether `signature` is a signature of `input` (RFC 7518 §3, RFC 8037 §3.1). An RSA signature is
/// as long as the modulus, the salt of PSS as long as the digest; an ECDSA signature is r and s,
/// each of exactly the field's length. False also when libcrypto fails, and when the key does not
/// fit.
///
/// Several threads may call it at once. A key keeps one prepared context; a call that finds the
/// context in use makes its own.
bool VerifyBytes(const PublicKey& key, Algorithm algorithm, std::string_view input,
                 std::string_view signature);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_SIGNATURE_H_
