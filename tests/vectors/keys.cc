// Key sets whose key cannot be used: the token is good, and nobody is there to say so.

#include "tests/vectors/vectors.h"
#include "verifier/base/json.h"

namespace jobwarden::testing {

std::vector<Vector> KeyVectors(const Maker& maker) {
  std::vector<Vector> all;
  const auto add = [&](std::string name, std::string comment, std::string token, Object keys) {
    all.push_back({"key-" + std::move(name),
                   std::move(comment),
                   "KEY_UNKNOWN",
                   std::move(token),
                   {},
                   std::move(keys)});
  };
  const auto changed = [&](const std::string& name, const std::string& comment,
                           const std::string& alg, const Object& changes) {
    add(name, comment, maker.Of(alg).Sign(Maker::Claims()), Maker::Keys(maker.Of(alg), changes));
    all.back().random = alg.starts_with("ES");
  };
  const auto jwk = [&](const std::string& alg) {
    return *ParseJson(maker.Of(alg).Jwk(), {.max_bytes = 65536}, Code::kJobUnreadable, "jwk");
  };

  add("set-empty", "the key set holds no key", maker.Good(), {{"keys", Array{}}});
  add("kid-twice", "two keys have the kid", maker.Good(),
      {{"keys", Array{jwk("EdDSA"), *ParseJson(maker.Stranger("EdDSA").Jwk(), {.max_bytes = 65536},
                                               Code::kJobUnreadable, "jwk")}}});
  Object without_alg = Maker::Keys(maker.Of("EdDSA"), {{"alg", nullptr}});
  without_alg.Find("keys")->AsArray()->push_back(jwk("EdDSA"));
  add("twice-once-without-alg", "the key is listed twice, once without its alg", maker.Good(),
      without_alg);
  add("kid-twice-once-unusable", "a symmetric key has the same kid", maker.Good(),
      {{"keys", Array{jwk("EdDSA"), Object{{"kty", "oct"}, {"kid", "eddsa"}, {"k", "AAAA"}}}}});
  changed("kid-missing", "the key has no kid", "EdDSA", {{"kid", nullptr}});
  changed("kid-number", "the key's kid is a number", "EdDSA", {{"kid", 1}});
  changed("use-enc", "the key's use is enc", "EdDSA", {{"use", "enc"}});
  changed("use-list", "the key's use is an array", "EdDSA", {{"use", Array{"sig"}}});
  changed("ops-sign", "the key's key_ops are sign alone", "EdDSA", {{"key_ops", Array{"sign"}}});
  changed("ops-text", "the key's key_ops are a string", "EdDSA", {{"key_ops", "verify"}});
  changed("ops-empty", "the key's key_ops are empty", "EdDSA", {{"key_ops", Array{}}});
  changed("alg-unknown", "the key's alg is HS256", "EdDSA", {{"alg", "HS256"}});
  changed("alg-encryption", "the key's alg is RSA-OAEP", "RS256", {{"alg", "RSA-OAEP"}});
  changed("alg-number", "the key's alg is a number", "EdDSA", {{"alg", 1}});
  changed("alg-of-other-type", "the RSA key's alg is ES256", "RS256", {{"alg", "ES256"}});
  changed("alg-of-other-curve", "the P-256 key's alg is ES384", "ES256", {{"alg", "ES384"}});
  changed("private", "the key has a private part", "EdDSA", {{"d", "AAAA"}});
  changed("symmetric", "the key is an octet sequence", "EdDSA", {{"kty", "oct"}, {"k", "AAAA"}});
  changed("kty-missing", "the key has no kty", "EdDSA", {{"kty", nullptr}});
  changed("kty-lower-case", "the key's kty is rsa", "RS256", {{"kty", "rsa"}});

  const Signer small(Signer::FromPem(maker.Pem("rsa-1024"), "RS256", "rs256"));
  add("rsa-1024", "an RSA key of 1024 bits", small.Sign(Maker::Claims()), Maker::Keys(small));
  changed("rsa-even-exponent", "an RSA exponent that is even", "RS256", {{"e", "AQAA"}});
  changed("rsa-exponent-1", "the RSA exponent 1", "RS256", {{"e", "AQ"}});
  changed("rsa-exponent-0", "the RSA exponent 0", "RS256", {{"e", "AA"}});
  changed("rsa-exponent-huge", "an RSA exponent of 72 bits", "RS256", {{"e", "AQAAAAAAAAAB"}});
  const std::string n = *jwk("RS256").Find("n")->AsString();
  changed("rsa-even-modulus", "an RSA modulus that is even", "RS256",
          {{"n", n.substr(0, n.size() - 1) + "A"}});
  changed("rsa-huge", "an RSA key of 16384 bits", "RS256", {{"n", std::string(2730, '_') + "8"}});
  changed("rsa-modulus-missing", "an RSA key without n", "RS256", {{"n", nullptr}});
  changed("rsa-modulus-padded", "an RSA modulus that is padded", "RS256", {{"n", n + "=="}});
  changed("rsa-exponent-number", "an RSA exponent that is a number", "RS256", {{"e", 65537}});

  const std::string x = *jwk("ES256").Find("x")->AsString();
  const std::string y = *jwk("ES256").Find("y")->AsString();
  changed("ec-off-curve", "a point that is not on the curve", "ES256", {{"y", x}});
  changed("ec-zero-point", "the point 0, 0", "ES256",
          {{"x", std::string(43, 'A')}, {"y", std::string(43, 'A')}});
  changed("ec-short-coordinate", "a coordinate one byte short", "ES256",
          {{"x", std::string(42, 'A')}});
  changed("ec-long-coordinate", "a coordinate with a zero byte before it", "ES256",
          {{"x", Base64Url(std::string(1, '\0') + std::string(32, '\1'))}});
  changed("ec-unknown-curve", "the curve secp256k1", "ES256", {{"crv", "secp256k1"}});
  changed("ec-wrong-curve", "the curve P-384 with a point of P-256", "ES256",
          {{"crv", "P-384"}, {"alg", nullptr}});
  changed("ec-without-y", "a point without y", "ES256", {{"y", nullptr}});
  changed("ed-short", "an Ed25519 key of 31 bytes", "EdDSA",
          {{"x", Base64Url(std::string(31, '\1'))}});
  changed("ed-x25519", "the curve X25519", "EdDSA", {{"crv", "X25519"}});
  changed("ed448", "the curve Ed448", "EdDSA", {{"crv", "Ed448"}});
  return all;
}

}  // namespace jobwarden::testing
