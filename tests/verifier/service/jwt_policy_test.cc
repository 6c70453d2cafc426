// Tokens against a policy that the request brings: which trust it may bring, and what is checked.

#include "verifier/service/jwt_policy.h"

#include <openssl/hmac.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/base64url.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "verifier/config/config.h"

using namespace jobwarden;
using nlohmann::json;
using testing::Signer;

namespace {

const std::string kSecret(40, 's');

struct Fixture {
  testing::TempFolder folder;
  std::shared_ptr<Site> site;
  Signer signer{"ES256", "key-1"};
  json claims = {{"iss", "https://id.example.com/"}, {"aud", "api"},   {"sub", "kim"},
                 {"exp", std::time(nullptr) + 60},   {"scope", "a b"}, {"scp", {"c"}}};
  json policy = {
      {"issuer", "https://id.example.com/"}, {"audiences", {"api"}}, {"allowed_algs", {"ES256"}}};

  Fixture() {
    const std::string keys = folder.Write("keys.json", Signer("EdDSA").KeySetJson());
    auto config =
        ParseConfig({{"jobwarden.toml",
                      "version = 1\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\n"
                      "url = \"https://gitlab.example.com\"\naudience = \"a\"\n"
                      "[issuer.keys]\nfile = \"" +
                          keys + "\"\n"}});
    BOOST_REQUIRE(bool(config));
    site = std::make_shared<Site>(*std::move(config));
    site->keys.WaitForFirstLook(std::chrono::seconds(10));
    policy["public_key"] = signer.Jwk();
  }

  // The answer's status, and its body.
  std::pair<int, json> Ask(const json& body) const {
    AskedKeys keys(site->keys, std::chrono::steady_clock::now());
    const auto reply = ValidateJwt(*site, body.dump(), keys, true);
    const auto& answer = std::get<HttpResponse>(reply);
    return {answer.status, json::parse(answer.body)};
  }
  std::pair<int, json> Validate(const std::string& token) const {
    return Ask({{"token", token}, {"policy", policy}});
  }
  std::string Token() const { return signer.Sign(claims.dump()); }

  std::string MacToken(const std::string& secret, const std::string& alg = "HS256") const {
    const std::string input =
        testing::Base64Url(R"({"alg":")" + alg + R"("})") + "." + testing::Base64Url(claims.dump());
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, &size);
    return input + "." + testing::Base64Url(std::string(reinterpret_cast<const char*>(mac), size));
  }
};

std::string Codes(const json& answer) {
  std::string codes;
  for (const auto& finding : answer["findings"]) {
    codes += (codes.empty() ? "" : " ") + finding["code"].get<std::string>();
  }
  return codes;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(jwt_policy, Fixture)

BOOST_AUTO_TEST_CASE(token_of_the_given_key_is_valid) {
  const auto [status, answer] = Validate(Token());
  BOOST_TEST(status == 200);
  BOOST_TEST(answer["valid"] == true, answer.dump());
}

BOOST_AUTO_TEST_CASE(key_may_be_a_jwk_a_set_with_one_or_pem_and_its_name_does_not_count) {
  policy["public_key"] = R"({"keys":[)" + signer.Jwk() + "]}";
  BOOST_TEST(Validate(Token()).second["valid"] == true);
  BOOST_TEST(Validate(signer.SignWithHeader(R"({"alg":"ES256","kid":"x"})", claims.dump()))
                 .second["valid"] == true);
  BOOST_TEST(Validate(signer.SignWithHeader(R"({"alg":"ES256","typ":"at+jwt"})", claims.dump()))
                 .second["valid"] == true);
  policy["public_key"] = R"({"keys":[]})";
  BOOST_TEST(Validate(Token()).first == 422);
  policy["public_key"] = Signer("ES256").Jwk();
  BOOST_TEST(Codes(Validate(Token()).second) == "SIGNATURE_INVALID");
}

BOOST_AUTO_TEST_CASE(each_claim_that_is_wrong_is_found) {
  claims["iss"] = "https://id.example.com";
  claims["aud"] = json::array({"x", "y"});
  claims["exp"] = std::time(nullptr) - 3600;
  claims["nbf"] = std::time(nullptr) + 3600;
  policy["required_claims"] = {"sub", "email"};
  policy["required_scopes"] = {"a", "c", "d"};
  const auto answer = Validate(Token()).second;
  BOOST_TEST(answer["valid"] == false);
  BOOST_TEST(Codes(answer) ==
             "ISSUER_MISMATCH AUDIENCE_MISMATCH TOKEN_EXPIRED TOKEN_NOT_YET_VALID "
             "REQUIRED_CLAIM_MISSING REQUIRED_CLAIM_MISSING");
  BOOST_TEST(answer["statuses"]["time"] == "fail");
  BOOST_TEST(answer["statuses"]["signature"] == "pass");
  claims.erase("exp");
  BOOST_TEST(Validate(Token()).second["statuses"]["time"] == "fail");
}

BOOST_AUTO_TEST_CASE(secret_checks_macs_and_never_the_other_way_round) {
  policy.erase("public_key");
  policy["secret"] = kSecret;
  BOOST_TEST(Validate(Token()).first == 422);  // ES256 is allowed, with a secret
  policy["allowed_algs"] = {"HS256"};
  BOOST_TEST(Validate(MacToken(kSecret)).second["valid"] == true);
  BOOST_TEST(Codes(Validate(MacToken(std::string(40, 't'))).second) == "SIGNATURE_INVALID");
  BOOST_TEST(Codes(Validate(Token()).second) == "ALGORITHM_INVALID");
  policy["secret"] = "short";
  BOOST_TEST(Validate(MacToken("short")).first == 422);

  // The classic: the public key as a secret.
  policy.erase("secret");
  policy["public_key"] = signer.Jwk();
  BOOST_TEST(Validate(MacToken(signer.Jwk())).first == 422);
  policy["allowed_algs"] = {"ES256"};
  BOOST_TEST(Codes(Validate(MacToken(signer.Jwk())).second) == "ALGORITHM_INVALID");
}

BOOST_AUTO_TEST_CASE(exactly_one_trust_source_is_taken) {
  policy["secret"] = kSecret;
  BOOST_TEST(Validate(Token()).first == 422);
  policy.erase("secret");
  policy.erase("public_key");
  BOOST_TEST(Validate(Token()).first == 422);
  BOOST_TEST(Ask({{"token", Token()}}).first == 422);
  policy["public_key"] = signer.Jwk();
  BOOST_TEST(Ask({{"token", Token()}, {"policy", policy}, {"issuer_profile_id", "gitlab"}}).first ==
             422);
}

BOOST_AUTO_TEST_CASE(profile_is_a_configured_issuer) {
  const auto [status, answer] = Ask({{"token", Token()}, {"issuer_profile_id", "gitlab"}});
  BOOST_TEST(status == 200);
  BOOST_TEST(answer["valid"] == false);
  const auto unknown = Ask({{"token", Token()}, {"issuer_profile_id", "gitlba"}});
  BOOST_TEST(unknown.first == 422);
  BOOST_TEST(unknown.second["error"]["code"] == "ISSUER_NOT_CONFIGURED");
}

BOOST_AUTO_TEST_CASE(what_nobody_reads_is_refused_and_lists_are_not_empty) {
  policy["required_claim"] = {"sub"};
  const auto typo = Validate(Token()).second;
  BOOST_TEST(typo["detail"][0]["type"] == "extra_forbidden", typo.dump());
  BOOST_TEST(typo["detail"][0]["loc"] == json({"body", "policy", "required_claim"}));
  policy.erase("required_claim");
  policy["audiences"] = json::array();
  BOOST_TEST(Validate(Token()).first == 422);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_token_is_told_so) {
  const auto [status, answer] = Validate("abc");
  BOOST_TEST(status == 400);
  BOOST_TEST(answer["error"]["code"] == "MALFORMED_TOKEN");
}

BOOST_AUTO_TEST_SUITE_END()
