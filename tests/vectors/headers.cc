// Header parameters: the algorithm, the key's name, and what is refused.

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/vectors/vectors.h"

namespace jobwarden::testing {
namespace {

// The token of the old confusion: a MAC whose key is the text of the public key.
std::string MacToken(const Maker& maker) {
  const std::string input =
      Base64Url(R"({"alg":"HS256","kid":"rs256","typ":"JWT"})") + "." + Base64Url(Maker::Claims());
  const std::string key = maker.Of("RS256").Jwk();
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return input + "." + Base64Url(mac.substr(0, size));
}

}  // namespace

std::vector<Vector> HeaderVectors(const Maker& maker) {
  std::vector<Vector> all;
  const auto add = [&](std::string name, std::string comment, std::string expect,
                       std::string token) {
    all.push_back({std::move(name), std::move(comment), std::move(expect), std::move(token)});
  };

  const auto alg = [&](const std::string& name, const std::string& comment,
                       const std::string& value) {
    add("alg-" + name, comment, "ALGORITHM_INVALID",
        maker.WithHeader("{\"alg\":" + value + R"(,"kid":"eddsa","typ":"JWT"})"));
  };
  alg("none", "alg is none", R"("none")");
  alg("none-capital", "alg is None", R"("None")");
  alg("none-mixed", "alg is nOnE", R"("nOnE")");
  alg("empty", "alg is empty", R"("")");
  alg("null", "alg is null", "null");
  alg("number", "alg is a number", "256");
  alg("array", "alg is an array", R"(["EdDSA"])");
  alg("lower-case", "alg is eddsa", R"("eddsa")");
  alg("trailing-space", "alg has a space behind it", R"("EdDSA ")");
  alg("es256k", "alg is ES256K, which does not exist here", R"("ES256K")");
  alg("rs1", "alg is RS1, RSA with SHA-1", R"("RS1")");
  alg("key-encryption", "alg is RSA-OAEP", R"("RSA-OAEP")");
  const std::string unsecured = Base64Url(R"({"alg":"none","kid":"eddsa","typ":"JWT"})");
  add("alg-none-empty-signature", "alg is none, and the signature empty", "ALGORITHM_INVALID",
      unsecured + "." + Base64Url(Maker::Claims()) + ".");
  add("alg-missing", "no alg", "ALGORITHM_INVALID",
      maker.WithHeader(R"({"kid":"eddsa","typ":"JWT"})"));
  add("alg-hs256-with-public-key", "an HS256 MAC, keyed with the public key's text",
      "ALGORITHM_INVALID", MacToken(maker));

  const auto not_of_key = [&](const std::string& name, const std::string& comment,
                              const std::string& signed_with, const std::string& kid) {
    add("alg-" + name, comment, "ALGORITHM_INVALID",
        maker.Of(signed_with)
            .SignWithHeader("{\"alg\":\"" + signed_with + "\",\"kid\":\"" + kid + "\"}",
                            Maker::Claims()));
    all.back().random = signed_with.starts_with("PS") || signed_with.starts_with("ES");
  };
  not_of_key("rs256-with-ec-key", "an RS256 token that names an EC key", "RS256", "es256");
  not_of_key("rs256-with-ed-key", "an RS256 token that names an Ed25519 key", "RS256", "eddsa");
  not_of_key("rs512-with-rs256-key", "an RS512 token that names a key for RS256", "RS512", "rs256");
  not_of_key("ps256-with-rs256-key", "a PS256 token that names a key for RS256", "PS256", "rs256");
  not_of_key("es256-with-p384-key", "an ES256 token that names a P-384 key", "ES256", "es384");
  not_of_key("eddsa-with-rsa-key", "an EdDSA token that names an RSA key", "EdDSA", "rs256");
  not_of_key("es512-with-p256-key", "an ES512 token that names a P-256 key without alg", "ES512",
             "es256");
  all.back().keys = Maker::Keys(maker.Of("ES256"), {{"alg", nullptr}});
  add("alg-not-allowed", "the issuer's algorithms are RS256 alone", "ALGORITHM_INVALID",
      maker.Good());
  all.back().rules = {{"algorithms", Array{"RS256"}}};

  const auto refused = [&](const std::string& name, const std::string& comment,
                           const std::string& member) {
    add("header-" + name, comment, "HEADER_INVALID",
        maker.WithHeader(R"({"alg":"EdDSA","kid":"eddsa",)" + member + "}"));
  };
  refused("crit", "crit names an extension", R"("crit":["exp"],"exp":1)");
  refused("crit-empty", "crit is empty", R"("crit":[])");
  refused("jwk", "brings its own key as jwk", "\"jwk\":" + maker.Stranger("EdDSA").Jwk());
  refused("jku", "names a key set by jku", R"("jku":"https://evil.example.com/keys")");
  refused("x5u", "names a certificate by x5u", R"("x5u":"https://evil.example.com/cert")");
  refused("x5c", "brings a certificate as x5c", R"("x5c":["AAAA"])");
  refused("b64-false", "b64 is false", R"("b64":false)");
  refused("b64-true", "b64 is true", R"("b64":true)");
  refused("typ-access-token", "typ is at+jwt", R"("typ":"at+jwt")");
  refused("typ-lower-case", "typ is jwt", R"("typ":"jwt")");
  refused("typ-null", "typ is null", R"("typ":null)");
  refused("typ-number", "typ is a number", R"("typ":1)");

  const auto kid = [&](const std::string& name, const std::string& comment,
                       const std::string& expect, const std::string& member) {
    add("kid-" + name, comment, expect,
        maker.WithHeader(R"({"alg":"EdDSA","typ":"JWT")" + member + "}"));
  };
  kid("missing", "no kid", "HEADER_INVALID", "");
  kid("empty", "kid is empty", "HEADER_INVALID", R"(,"kid":"")");
  kid("number", "kid is a number", "HEADER_INVALID", R"(,"kid":1)");
  kid("null", "kid is null", "HEADER_INVALID", R"(,"kid":null)");
  kid("array", "kid is an array", "HEADER_INVALID", R"(,"kid":["eddsa"])");
  kid("unknown", "kid is of no key", "KEY_UNKNOWN", R"(,"kid":"key-2")");
  kid("other-case", "kid differs in case from the key's", "KEY_UNKNOWN", R"(,"kid":"EdDSA")");
  kid("prefix", "kid is the beginning of the key's", "KEY_UNKNOWN", R"(,"kid":"edds")");
  kid("trailing-space", "kid has a space behind it", "KEY_UNKNOWN", R"(,"kid":"eddsa ")");
  kid("path", "kid is a path", "KEY_UNKNOWN", R"(,"kid":"../../keys/eddsa")");
  return all;
}

}  // namespace jobwarden::testing
