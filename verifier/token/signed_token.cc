#include "verifier/token/signed_token.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/token/signature.h"

namespace jobwarden {
namespace {

std::string Names(const std::vector<Algorithm>& algorithms) {
  std::vector<std::string> names;
  names.reserve(algorithms.size());
  for (const Algorithm algorithm : algorithms) names.emplace_back(AlgorithmName(algorithm));
  return Join(names, ", ");
}

// The name of the token's key, for messages.
std::string KeyName(const CompactToken& token) {
  return token.kid().empty() ? "the only key" : "the key " + Quote(token.kid());
}

Finding UnknownKey(const std::string& kid, const KeySet& keys) {
  Finding finding{Code::kKeyUnknown, "", "", {}};
  if (kid.empty()) {
    finding.message = "kid: expected one, or a key set that holds exactly one usable key";
    return finding;
  }
  finding.message = fmt::format("kid: the key set has no usable key {}", Quote(kid));
  for (const SkippedKey& skipped : keys.skipped()) {
    if (skipped.kid == kid) finding.hint = "that key was skipped: " + skipped.reason;
  }
  return finding;
}

}  // namespace

Status VerifySignature(const CompactToken& token, const KeySet& keys,
                       const std::vector<Algorithm>& allowed) {
  const Algorithm algorithm = token.algorithm();
  if (std::find(allowed.begin(), allowed.end(), algorithm) == allowed.end()) {
    return Finding{
        Code::kAlgorithmInvalid,
        fmt::format("alg: expected {}, got {}", Names(allowed), AlgorithmName(algorithm)),
        "if the issuer signs with this algorithm, add it to the issuer's algorithms",
        {}};
  }
  const PublicKey* key = token.kid().empty() ? keys.Only() : keys.Find(token.kid());
  if (key == nullptr) return UnknownKey(token.kid(), keys);
  if (!Fits(*key, algorithm)) {
    return Finding{
        Code::kAlgorithmInvalid,
        fmt::format("alg: {} is not the algorithm of {}", AlgorithmName(algorithm), KeyName(token)),
        "",
        {}};
  }
  if (!VerifyBytes(*key, algorithm, token.signing_input(), token.signature())) {
    return Finding{Code::kSignatureInvalid,
                   "signature: not made by " + KeyName(token),
                   "the token was changed, or another key than the issuer's signed it",
                   {}};
  }
  return Ok();
}

SignedToken::SignedToken(std::shared_ptr<const Object> claims, Algorithm algorithm, std::string kid)
    : claims_(std::move(claims)), algorithm_(algorithm), kid_(std::move(kid)) {}

Result<SignedToken> SignedToken::Verify(const CompactToken& token, const KeySet& keys,
                                        const std::vector<Algorithm>& allowed) {
  if (auto status = VerifySignature(token, keys, allowed); !status) return status.findings();
  const auto refuse = [](std::string why) {
    return Finding{Code::kMalformedToken, "token: payload: " + std::move(why), "", {}};
  };
  if (!token.claims_) return refuse("not read as claims");
  if (!*token.claims_) return token.claims_->findings();
  const Object* claims = token.claims_->value().AsObject();
  if (claims == nullptr) {
    return refuse("expected an object, got " + std::string(token.claims_->value().TypeName()));
  }
  return SignedToken({token.claims_, claims}, token.algorithm(), token.kid());
}

}  // namespace jobwarden
