// Tokens that are accepted: what a check must not refuse.

#include "tests/vectors/vectors.h"

namespace jobwarden::testing {

std::vector<Vector> GoodVectors(const Maker& maker) {
  std::vector<Vector> all;
  const auto add = [&](std::string name, std::string comment, std::string token) -> Vector& {
    return all.emplace_back(Vector{"ok-" + name, std::move(comment), "OK", std::move(token)});
  };
  const Signer& eddsa = maker.Of("EdDSA");

  add("eddsa", "the good token", maker.Good());
  for (const char* alg :
       {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}) {
    const Signer& signer = maker.Of(alg);
    const bool random = !std::string_view(alg).starts_with("RS");
    add(signer.kid(), std::string("signed with ") + alg, signer.Sign(Maker::Claims())).random =
        random;
  }

  add("header-without-typ", "no typ", maker.WithHeader(R"({"alg":"EdDSA","kid":"eddsa"})"));
  add("header-x5t", "has an x5t, which names a certificate and brings none",
      maker.WithHeader(R"({"alg":"EdDSA","kid":"eddsa","typ":"JWT","x5t":"AAAA"})"));
  add("header-unknown-parameter", "has a parameter that nobody must understand",
      maker.WithHeader(R"({"alg":"EdDSA","kid":"eddsa","typ":"JWT","ver":1})"));
  add("header-other-order", "its parameters stand in another order, with white space",
      maker.WithHeader("{ \"typ\" : \"JWT\",\r\n\t\"kid\":\"eddsa\" , \"alg\":\"EdDSA\" }"));
  add("header-escaped", "alg and its value are written with escapes",
      maker.WithHeader("{\"\\u0061lg\":\"\\u0045dDSA\",\"kid\":\"eddsa\"}"));

  add("key-without-alg", "the key names no alg", maker.Good()).keys =
      Maker::Keys(eddsa, {{"alg", nullptr}});
  add("key-without-use", "the key names no use", maker.Good()).keys =
      Maker::Keys(eddsa, {{"use", nullptr}});
  add("key-ops-verify", "the key has key_ops with verify", maker.Good()).keys =
      Maker::Keys(eddsa, {{"key_ops", Array{"verify"}}});
  add("key-with-unknown-members", "the key has members that nobody must understand", maker.Good())
      .keys = Maker::Keys(eddsa, {{"x5c", Array{"AAAA"}}, {"nbf", 1}});
  Object twice = Maker::Keys(eddsa);
  twice.Find("keys")->AsArray()->push_back(Value(twice.Find("keys")->AsArray()->front()));
  add("key-listed-twice", "the key is listed twice", maker.Good()).keys = twice;
  Object beside = Maker::Keys(eddsa);
  beside.Find("keys")->AsArray()->push_back(Object{{"kty", "oct"}, {"kid", "mac"}, {"k", "AAAA"}});
  beside.Find("keys")->AsArray()->push_back(Object{{"kty", "future"}, {"kid", "new"}});
  beside.Find("keys")->AsArray()->push_back("no key");
  add("unusable-keys-beside", "the key set has keys that cannot be used too", maker.Good()).keys =
      beside;

  add("aud-array", "aud is an array of one",
      maker.WithClaims(Maker::Claims("aud", R"(["https://ci-runners.example.com"])")));
  add("aud-array-of-two", "aud is an array of two",
      maker.WithClaims(Maker::Claims(
          "aud", R"(["https://vault.example.com","https://ci-runners.example.com"])")));
  add("nbf-missing", "no nbf", maker.WithClaims(Maker::Claims("nbf", "")));
  add("claims-nested-16-deep", "a claim that makes the payload 16 levels deep",
      maker.WithClaims(Maker::Claims("deep", std::string(15, '[') + std::string(15, ']'))));
  add("claims-utf8", "a claim that is not ASCII",
      maker.WithClaims(Maker::Claims("user_login", "\"zo\xC3\xAB \xF0\x9F\x94\x91\"")));
  add("claims-escapes", "a claim with every escape",
      maker.WithClaims(Maker::Claims("note", R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\udd11")")));

  add("exp-last-second", "exp is one second more than now - leeway",
      maker.WithClaims(Maker::Claims("exp", kNow - kLeeway + 1)));
  add("iat-first-second", "iat is now + leeway",
      maker.WithClaims(Maker::Claims("iat", kNow + kLeeway)));
  add("nbf-first-second", "nbf is now + leeway",
      maker.WithClaims(Maker::Claims("nbf", kNow + kLeeway)));
  add("lifetime-longest", "exp - iat is max_lifetime",
      maker.WithClaims(Maker::Claims("exp", kNow - 60 + kMaxLifetime)));
  add("lifetime-none", "exp is iat", maker.WithClaims(Maker::Claims("exp", kNow - 60))).rules = {
      {"leeway", 61}};
  add("exp-last-second-without-leeway", "exp is one second more than now, the leeway is 0",
      maker.WithClaims(Maker::Claims("exp", kNow + 1)))
      .rules = {{"leeway", 0}};

  // 64 KiB: a claim of padding, and then a header that takes up what base64url leaves.
  const std::size_t limit = 64 * 1024;
  for (const char* more : {"", " ", "  "}) {
    std::string padding = "\"\"";
    std::string token;
    while (token.size() < limit) {
      const std::size_t missing = limit - token.size();
      padding.insert(1, std::max<std::size_t>(token.empty() ? 48'000 : missing * 3 / 4, 1), 'x');
      token = eddsa.SignWithHeader(Maker::GoodHeader() + more, Maker::Claims("padding", padding));
    }
    if (token.size() != limit) continue;
    add("longest", "exactly 65536 bytes", token);
    break;
  }
  return all;
}

}  // namespace jobwarden::testing
