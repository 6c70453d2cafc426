#ifndef JOBWARDEN_TESTS_SUPPORT_SIGNER_H_
#define JOBWARDEN_TESTS_SUPPORT_SIGNER_H_

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/base64url.h"

namespace jobwarden::testing {

/// Makes keys and signs tokens for tests, with libcrypto and nothing of the project's own code:
/// a mistake in the verifier is not made here a second time.
class Signer {
 public:
  /// `alg`: RS256 … PS512, ES256, ES384, ES512, EdDSA. RSA keys have `rsa_bits`. Keys are new each
  /// time, except that RSA keys are made once a process for each size. What cannot be done ends the
  /// process: a test must not go on without its key. `kid` goes into JSON as it is.
  explicit Signer(std::string alg = "EdDSA", std::string kid = "key-1", int rsa_bits = 2048);
  ~Signer();
  Signer(Signer&&) noexcept;

  const std::string& alg() const;
  const std::string& kid() const;

  /// The public key as one JWK: `{"kty":…,"kid":…,"alg":…,"use":"sig",…}`.
  std::string Jwk() const;
  /// `{"keys":[…]}` with this key alone.
  std::string KeySetJson() const;

  /// The compact form with the header `{"alg":…,"kid":…,"typ":"JWT"}`.
  std::string Sign(std::string_view payload_json) const;
  /// The compact form with this header text, signed as it is.
  std::string SignWithHeader(std::string_view header_json, std::string_view payload) const;
  /// The signature over any bytes, in JWS form (RFC 7518 §3), not encoded.
  std::string SignBytes(std::string_view bytes) const;

  /// The private key as PEM (PKCS 8), and a signer from one.
  std::string Pem() const;
  static Signer FromPem(std::string_view pem, std::string alg, std::string kid);

 private:
  struct State;
  explicit Signer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_SIGNER_H_
