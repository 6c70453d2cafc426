#ifndef JOBWARDEN_VERIFIER_DOCTOR_PROBE_TOKEN_H_
#define JOBWARDEN_VERIFIER_DOCTOR_PROBE_TOKEN_H_

#include <memory>
#include <string>
#include <string_view>

#include "verifier/base/value.h"

namespace jobwarden {

/// A new RSA key that lives as long as the probe: it signs what no issuer signed.
class ProbeKey {
 public:
  /// Throws std::runtime_error if libcrypto cannot make one.
  ProbeKey();
  ~ProbeKey();
  ProbeKey(const ProbeKey&) = delete;
  ProbeKey& operator=(const ProbeKey&) = delete;

  /// The public key as a JWK Set.
  std::string KeySet(std::string_view kid) const;
  /// The public key as PEM.
  std::string Pem() const;
  /// RS256 (RFC 7518 §3.3), in the compact form.
  std::string Sign(std::string_view kid, const Object& claims) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A compact form with `alg` "none" and no signature, which RFC 7518 §3.6 permits and nobody
/// should.
std::string UnsignedToken(const Object& claims);

/// A compact form with HS256, of which the secret is a public key: what a verifier accepts that
/// lets the token choose how its key is used.
std::string MacToken(std::string_view kid, const Object& claims, std::string_view public_key);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_PROBE_TOKEN_H_
