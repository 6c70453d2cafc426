#include "verifier/token/claims.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/support/signer.h"

using namespace jobwarden;

namespace {

constexpr std::int64_t kTime = 1'000'000;
const ClaimRules kRules{.issuer = "https://gitlab.example.com"};

SignedToken Token(const std::string& claims) {
  static const testing::Signer signer("EdDSA");
  static const KeySet keys =
      KeySet::Parse(signer.KeySetJson(), Code::kKeysUnavailable, "key set").value();
  const auto compact = CompactToken::Parse(signer.Sign(claims));
  BOOST_REQUIRE(compact);
  auto token = SignedToken::Verify(*compact, keys, AllAlgorithms());
  BOOST_REQUIRE(token);
  return std::move(token).value();
}

SignedToken TokenOf(std::int64_t issued, std::int64_t not_before, std::int64_t expires) {
  return Token(fmt::format(R"({{"iss":"{}","iat":{},"nbf":{},"exp":{}}})", kRules.issuer, issued,
                           not_before, expires));
}

std::vector<std::string> Codes(const SignedToken& token, std::int64_t now,
                               const ClaimRules& rules = kRules) {
  std::vector<std::string> codes;
  const std::chrono::sys_seconds time{std::chrono::seconds(now)};
  for (const Finding& finding : CheckClaims(token, rules, time)) {
    codes.emplace_back(CodeName(finding.code));
  }
  return codes;
}

using List = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(claims)

BOOST_AUTO_TEST_CASE(a_token_is_good_from_nbf_to_exp_give_or_take_the_leeway) {
  const SignedToken token = TokenOf(kTime, kTime, kTime + 300);
  BOOST_TEST((Codes(token, kTime - 31) == List{"TOKEN_NOT_YET_VALID", "TOKEN_NOT_YET_VALID"}));
  BOOST_TEST((Codes(token, kTime - 30) == List{}));
  BOOST_TEST((Codes(token, kTime + 300) == List{}));
  BOOST_TEST((Codes(token, kTime + 329) == List{}));
  BOOST_TEST((Codes(token, kTime + 330) == List{"TOKEN_EXPIRED"}));
}

BOOST_AUTO_TEST_CASE(a_token_expiring_exactly_now_is_rejected_without_leeway) {
  ClaimRules rules = kRules;
  rules.leeway = std::chrono::seconds(0);
  const SignedToken token = TokenOf(kTime, kTime, kTime + 300);
  BOOST_TEST((Codes(token, kTime + 300, rules) == List{"TOKEN_EXPIRED"}));
  BOOST_TEST((Codes(token, kTime + 299, rules) == List{}));
  BOOST_TEST((Codes(token, kTime, rules) == List{}));
  BOOST_TEST(
      (Codes(token, kTime - 1, rules) == List{"TOKEN_NOT_YET_VALID", "TOKEN_NOT_YET_VALID"}));
}

BOOST_AUTO_TEST_CASE(times_at_the_ends_of_the_integers_overflow_nothing) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST((Codes(TokenOf(kLeast, kLeast, kMost), kTime) == List{"LIFETIME_EXCEEDED"}));
  BOOST_TEST(
      (Codes(TokenOf(kMost, kMost, kLeast), kTime) ==
       List{"TOKEN_EXPIRED", "TOKEN_NOT_YET_VALID", "TOKEN_NOT_YET_VALID", "CLAIM_INVALID"}));
  const SignedToken token = TokenOf(kTime, kTime, kTime + 300);
  BOOST_TEST((Codes(token, kMost) == List{"TOKEN_EXPIRED"}));
  BOOST_TEST((Codes(token, kLeast) == List{"TOKEN_NOT_YET_VALID", "TOKEN_NOT_YET_VALID"}));
}

BOOST_AUTO_TEST_CASE(a_lifetime_that_is_too_long_names_the_runner_s_setting_and_the_job_s_timeout) {
  ClaimRules rules = kRules;
  rules.max_lifetime = std::chrono::hours(2);
  const std::chrono::sys_seconds time{std::chrono::seconds(kTime)};
  const auto findings = CheckClaims(TokenOf(kTime, kTime, kTime + 10'800), rules, time);
  BOOST_REQUIRE(findings.size() == 1U);
  BOOST_TEST(findings.front().message == "exp: 3h after iat, and this runner takes 2h at most");
  BOOST_TEST(
      findings.front().hint ==
      "the limit is the runner's: ask its administrator to set issuer.max_lifetime to 3h or "
      "more, or give the job a timeout of at most 2h (GitLab's id_tokens live as long as the "
      "job's timeout)");
}

BOOST_AUTO_TEST_CASE(no_failure_hides_another) {
  BOOST_TEST((Codes(Token(R"({"iss":"x","iat":"1","nbf":9e9,"exp":5})"), kTime) ==
              List{"ISSUER_MISMATCH", "CLAIM_INVALID", "CLAIM_INVALID", "TOKEN_EXPIRED"}));
  BOOST_TEST((Codes(Token("{}"), kTime) ==
              List{"REQUIRED_CLAIM_MISSING", "REQUIRED_CLAIM_MISSING", "REQUIRED_CLAIM_MISSING"}));
}

BOOST_AUTO_TEST_CASE(a_finding_says_expected_and_got) {
  const auto findings = CheckClaims(TokenOf(kTime, kTime, kTime + 300), {.issuer = "https://a"},
                                    std::chrono::sys_seconds(std::chrono::seconds(kTime + 400)));
  BOOST_REQUIRE(findings.size() == 2U);
  BOOST_TEST(findings[0].message ==
             R"(iss: expected "https://a", got "https://gitlab.example.com")");
  BOOST_TEST(findings[0].evidence.front().field == "iss");
  BOOST_TEST(findings[0].evidence.front().expected == R"("https://a")");
  BOOST_TEST(findings[1].message == "exp: expired 100 s ago, the leeway is 30 s");
  BOOST_TEST(findings[1].evidence.front().got == "1000300");
}

BOOST_AUTO_TEST_CASE(audiences_are_a_string_or_an_array_of_strings) {
  BOOST_TEST((AudiencesOf(Token(R"({"aud":"a"})")).value() == List{"a"}));
  BOOST_TEST((AudiencesOf(Token(R"({"aud":["b","a"]})")).value() == List{"b", "a"}));
  const auto code = [](const std::string& claims) {
    const auto audiences = AudiencesOf(Token(claims));
    BOOST_REQUIRE(!audiences);
    return CodeName(audiences.findings().front().code);
  };
  BOOST_TEST(code("{}") == "REQUIRED_CLAIM_MISSING");
  for (const char* claims : {R"({"aud":null})", R"({"aud":1})", R"({"aud":{}})", R"({"aud":[]})",
                             R"({"aud":["a",null]})", R"({"aud":[["a"]]})"}) {
    BOOST_TEST(code(claims) == "CLAIM_INVALID", claims);
  }
}

BOOST_AUTO_TEST_SUITE_END()
