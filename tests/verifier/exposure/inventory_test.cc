#include "verifier/exposure/inventory.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/large.h"
#include "tests/verifier/exposure/tokens.h"
#include "verifier/base/encoding.h"
#include "verifier/token/compact_token.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const std::string kJobToken = "glcbt-64_185d980986ac24601c48";
const std::string kVault = IdToken("https://vault.example.com");
const std::string kOurs = IdToken("https://ci-runners.example.com");

Inventory Take(const std::vector<NameAndValue>& given, std::string_view job_token = kJobToken) {
  return TakeInventory(Variables(given), job_token, OurIssuers());
}

Inventory TakeSecrets(const std::vector<NameAndValue>& given,
                      const std::vector<std::string_view>& secrets) {
  return TakeInventory(Variables(given), kJobToken, OurIssuers(), {secrets});
}

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(inventory)

BOOST_AUTO_TEST_CASE(an_id_token_is_known_by_its_issuer) {
  const Inventory inventory = Take({{"CI", "true"}, {"VAULT_ID_TOKEN", kVault}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
  const Token& token = inventory.tokens[0];
  BOOST_TEST((token.kind == TokenKind::kIdToken));
  BOOST_TEST((token.names == Names{"VAULT_ID_TOKEN"}));
  BOOST_TEST(token.issuer == "gitlab");
  BOOST_TEST((token.audiences == Names{"https://vault.example.com"}));
  BOOST_TEST(token.value.view() == kVault);
  BOOST_TEST(token.sha256 == Sha256Hex(kVault));
}

BOOST_AUTO_TEST_CASE(a_jwt_of_another_issuer_is_no_token) {
  for (const char* iss : {"https://gitlab.example.com/", "https://other.example.com", ""}) {
    BOOST_TEST(Take({{"T", Jwt("{\"iss\":\"" + std::string(iss) + "\"}")}}).tokens.empty());
  }
  BOOST_TEST(Take({{"T", Jwt("{}")}, {"V", "eyJ.eyJ.eyJ"}}).tokens.empty());
}

BOOST_AUTO_TEST_CASE(a_token_has_all_names_that_hold_it_once_and_in_order) {
  const Inventory inventory = Take({{"VAULT_ID_TOKEN", kVault},
                                    {"HEADER", "Bearer " + kVault + " end"},
                                    {"ALIAS", kVault},
                                    {"ALIAS", kVault},
                                    {"TWICE", kVault + " " + kVault},
                                    {"ADDED_TO", kVault + "abc"}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
  BOOST_TEST((inventory.tokens[0].names ==
              Names{"VAULT_ID_TOKEN", "HEADER", "ALIAS", "TWICE", "ADDED_TO"}));
  BOOST_TEST(inventory.tokens[0].value.view() == kVault);
}

BOOST_AUTO_TEST_CASE(several_tokens_stand_in_the_order_of_the_variables) {
  const Inventory inventory = Take({{"B", kVault}, {"A", kOurs}, {"BOTH", kOurs + "," + kVault}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 2U);
  BOOST_TEST((inventory.tokens[0].names == Names{"B", "BOTH"}));
  BOOST_TEST((inventory.tokens[1].names == Names{"A", "BOTH"}));
}

BOOST_AUTO_TEST_CASE(audiences_are_read_as_they_come) {
  const auto audiences = [](const std::string& aud) {
    return Take({{"T", Jwt(R"({"iss":"https://gitlab.example.com","aud":)" + aud + "}")}})
        .tokens.at(0)
        .audiences;
  };
  BOOST_TEST((audiences("\"a\"") == Names{"a"}));
  BOOST_TEST((audiences("[\"a\",\"b\",1]") == Names{"a", "b"}));
  BOOST_TEST(audiences("1").empty());
}

BOOST_AUTO_TEST_CASE(the_job_token_comes_first_with_all_its_names) {
  const Inventory inventory = Take(
      {{"VAULT_ID_TOKEN", kVault},
       {"CI_JOB_TOKEN", kJobToken},
       {"CI_REPOSITORY_URL", "https://gitlab-ci-token:" + kJobToken + "@gitlab.example.com/"}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 2U);
  BOOST_TEST((inventory.tokens[0].kind == TokenKind::kJobToken));
  BOOST_TEST((inventory.tokens[0].names == Names{"CI_JOB_TOKEN", "CI_REPOSITORY_URL"}));
  BOOST_TEST(Take({{"A", "x"}}).tokens.empty());
  BOOST_TEST(Take({{"A", "x"}}, "").tokens.empty());
}

BOOST_AUTO_TEST_CASE(a_job_token_that_is_a_jwt_is_no_id_token) {
  const std::string job_token = "glcbt-" + kOurs;
  const Inventory inventory =
      Take({{"CI_JOB_TOKEN", job_token},
            {"CI_REPOSITORY_URL", "https://gitlab-ci-token:" + job_token + "@gitlab.example.com/"},
            {"VAULT_ID_TOKEN", kVault}},
           job_token);
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 2U);
  BOOST_TEST((inventory.tokens[0].kind == TokenKind::kJobToken));
  BOOST_TEST((inventory.tokens[0].names == Names{"CI_JOB_TOKEN", "CI_REPOSITORY_URL"}));
  BOOST_TEST((inventory.tokens[1].names == Names{"VAULT_ID_TOKEN"}));
}

BOOST_AUTO_TEST_CASE(a_token_of_github_is_no_id_token_whatever_jwt_it_holds) {
  const Inventory inventory = Take({{"GITHUB_TOKEN", "ghs_1234567_" + kOurs},
                                    {"REMOTE", "https://x:ghs_1234567_" + kOurs + "@github.com/"},
                                    {"VAULT_ID_TOKEN", kVault}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
  BOOST_TEST((inventory.tokens[0].names == Names{"VAULT_ID_TOKEN"}));
}

BOOST_AUTO_TEST_CASE(a_token_beside_the_job_token_is_found) {
  const std::string job_token = "glcbt-" + kOurs;
  const Inventory inventory =
      Take({{"A", job_token + " " + kVault}, {"B", kVault + ":" + job_token}}, job_token);
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 2U);
  BOOST_TEST((inventory.tokens[1].names == Names{"A", "B"}));
}

BOOST_AUTO_TEST_CASE(legacy_tokens_are_known_by_name_whoever_issued_them) {
  const std::string bare_host = Jwt("{\"iss\":\"gitlab.example.com\"}");
  const std::string v2 = IdToken("https://gitlab.example.com");
  const Inventory inventory = Take({{"CI_JOB_JWT", bare_host},
                                    {"CI_JOB_JWT_V1", bare_host},
                                    {"CI_JOB_JWT_V2", v2},
                                    {"ALIAS", v2},
                                    {"HEADER", "Bearer " + bare_host}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 2U);
  BOOST_TEST((inventory.tokens[0].kind == TokenKind::kLegacy));
  BOOST_TEST((inventory.tokens[0].names == Names{"CI_JOB_JWT", "CI_JOB_JWT_V1", "HEADER"}));
  BOOST_TEST((inventory.tokens[1].kind == TokenKind::kLegacy));
  BOOST_TEST((inventory.tokens[1].names == Names{"CI_JOB_JWT_V2", "ALIAS"}));
}

// Otherwise a copy would keep an id_token from being verified.
BOOST_AUTO_TEST_CASE(an_id_token_that_a_job_copies_to_a_legacy_name_stays_one) {
  const Inventory inventory =
      Take({{"VAULT_ID_TOKEN", kVault}, {"CI_JOB_JWT", kVault}, {"CI_JOB_JWT_V2", "none"}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
  BOOST_TEST((inventory.tokens[0].kind == TokenKind::kIdToken));
  BOOST_TEST((inventory.tokens[0].names == Names{"VAULT_ID_TOKEN", "CI_JOB_JWT"}));
}

// Otherwise `id_tokens: {CI_JOB_JWT: …}` would be for any audience, and held against no rule.
BOOST_AUTO_TEST_CASE(an_id_token_that_a_job_names_like_a_legacy_token_is_one) {
  const std::string several =
      Jwt(R"({"iss":"https://gitlab.example.com","aud":["https://gitlab.example.com","x"]})");
  for (const std::string& token : {kVault, kOurs, several}) {
    const Inventory inventory = Take({{"CI_JOB_JWT_V2", token}});
    BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
    BOOST_TEST((inventory.tokens[0].kind == TokenKind::kIdToken));
    BOOST_TEST(inventory.tokens[0].issuer == "gitlab");
  }
}

BOOST_AUTO_TEST_CASE(a_token_of_ours_with_a_broken_header_is_still_a_token) {
  const std::string broken = "eyJ" + kOurs.substr(kOurs.find('.') - 1);
  const Inventory inventory = Take({{"T", broken}});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
  BOOST_TEST(inventory.tokens[0].value.view() == broken);
}

BOOST_AUTO_TEST_CASE(a_token_is_ours_when_all_its_audiences_are) {
  std::vector<Issuer> issuers = OurIssuers();
  issuers[0].audiences = {"https://ci-runners.example.com"};
  issuers.push_back(issuers[0]);
  issuers[1].audiences = {"second"};
  const auto ours = [&](const std::string& aud) {
    const std::string token = Jwt(R"({"iss":"https://gitlab.example.com","aud":)" + aud + "}");
    return TakeInventory(Variables({{"T", token}}), "", issuers).tokens.at(0).ours;
  };
  BOOST_TEST(ours("\"https://ci-runners.example.com\""));
  BOOST_TEST(ours("[\"https://ci-runners.example.com\",\"second\"]"));
  BOOST_TEST(!ours("\"https://vault.example.com\""));
  BOOST_TEST(!ours("[\"https://ci-runners.example.com\",\"https://vault.example.com\"]"));
  BOOST_TEST(!ours("[]"));
}

BOOST_AUTO_TEST_CASE(a_secret_is_known_by_its_variable_and_has_all_names_that_hold_it) {
  const std::string secret = "S3cr3t-from-vault";
  const Inventory inventory = TakeSecrets(
      {{"URL", "https://u:" + secret + "@db"}, {"DB_PASSWORD", secret}, {"ALIAS", secret}},
      {"DB_PASSWORD"});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
  const Token& token = inventory.tokens[0];
  BOOST_TEST((token.kind == TokenKind::kSecret));
  BOOST_TEST((token.names == Names{"DB_PASSWORD", "URL", "ALIAS"}));
  BOOST_TEST(token.value.view() == secret);
  BOOST_TEST(token.sha256.empty());
}

BOOST_AUTO_TEST_CASE(a_short_secret_makes_no_other_variable_a_token) {
  const auto names = [](const std::string& secret) {
    return TakeSecrets({{"STAGE", secret}, {"SAME", secret}, {"INSIDE", "a " + secret}}, {"STAGE"})
        .tokens.at(0)
        .names;
  };
  for (const char* secret : {"1", "main", "1234567"}) {
    BOOST_TEST((names(secret) == Names{"STAGE"}), secret);
  }
  for (const char* secret : {"12345678", "123456789012345"}) {
    BOOST_TEST((names(secret) == Names{"STAGE", "SAME"}), secret);
  }
  BOOST_TEST((names("1234567890123456") == Names{"STAGE", "SAME", "INSIDE"}));
}

BOOST_AUTO_TEST_CASE(of_a_secret_the_last_value_counts_and_an_empty_one_is_none) {
  const Inventory inventory =
      TakeSecrets({{"S", "of-the-job's-yaml"}, {"S", "resolved-by-the-runner"}, {"E", ""}},
                  {"S", "E", "NOT_THERE"});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 1U);
  BOOST_TEST(inventory.tokens[0].value.view() == "resolved-by-the-runner");
  BOOST_TEST((inventory.tokens[0].names == Names{"S"}));
}

BOOST_AUTO_TEST_CASE(secrets_of_one_value_are_one_token_and_what_is_a_token_already_is_none) {
  BOOST_TEST((
      TakeSecrets({{"A", "S3cr3t"}, {"B", "S3cr3t"}}, {"A", "B"}).tokens.at(0).names.size() == 2U));
  const Inventory inventory =
      TakeSecrets({{"A", kVault}, {"B", kJobToken}, {"C", "Bearer " + kVault}}, {"A", "B", "C"});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 3U);
  BOOST_TEST((inventory.tokens[0].kind == TokenKind::kJobToken));
  BOOST_TEST((inventory.tokens[1].kind == TokenKind::kIdToken));
  BOOST_TEST((inventory.tokens[2].names == Names{"C"}));
}

BOOST_AUTO_TEST_CASE(a_rule_makes_a_token_of_what_it_names_unless_it_keeps_it) {
  const std::vector<ExposureRule> rules = {{Glob("DEPLOY_NAME"), ExposureAction::kKeep},
                                           {Glob("DEPLOY_*"), ExposureAction::kStrip},
                                           {Glob("NPM_TOKEN"), ExposureAction::kMask}};
  const Inventory inventory = TakeInventory(Variables({{"DEPLOY_KEY", "key"},
                                                       {"NPM_TOKEN", "npm_0123456789abcdef"},
                                                       {"DEPLOY_NAME", "shop"},
                                                       {"NPMRC", "token=npm_0123456789abcdef"},
                                                       {"OTHER", "x"}}),
                                            "", OurIssuers(), {{}, rules});
  BOOST_REQUIRE_EQUAL(inventory.tokens.size(), 2U);
  BOOST_TEST((inventory.tokens[0].kind == TokenKind::kNamed));
  BOOST_TEST((inventory.tokens[0].names == Names{"NPM_TOKEN", "NPMRC"}));
  BOOST_TEST((inventory.tokens[1].names == Names{"DEPLOY_KEY"}));
  BOOST_TEST(inventory.tokens[0].sha256.empty());
}

BOOST_AUTO_TEST_CASE(a_token_tells_where_it_stands) {
  std::vector<Variable> variables = Variables({{"A", kVault}, {"B", kVault}});
  BOOST_TEST(
      (TakeInventory(variables, "", OurIssuers()).tokens.at(0).locations == Names{"variables"}));
  variables[1].file = true;
  BOOST_TEST((TakeInventory(variables, "", OurIssuers()).tokens.at(0).locations ==
              Names{"variables", "file variables"}));
}

BOOST_AUTO_TEST_CASE(values_are_gone_when_no_name_is_left) {
  const Inventory inventory = TakeSecrets({{"CI_JOB_TOKEN", kJobToken},
                                           {"A", kVault},
                                           {"B", kVault},
                                           {"SHORT", "deploying"},
                                           {"LONG", "deploying-to-prod"}},
                                          {"SHORT", "LONG"});
  const auto gone = [&](const std::set<std::string>& names) {
    const auto views = ValuesGone(inventory, names);
    return std::set<std::string>(views.begin(), views.end());
  };
  BOOST_TEST(gone({"A"}).empty());
  BOOST_TEST((gone({"A", "B"}) == std::set<std::string>{kVault}));
  // It may stand in other texts by chance.
  BOOST_TEST((gone({"SHORT", "LONG"}) == std::set<std::string>{"deploying-to-prod"}));
}

BOOST_AUTO_TEST_CASE(too_many_tokens_are_refused) {
  const std::vector<ExposureRule> rules = {{Glob("V*"), ExposureAction::kMask}};
  std::vector<NameAndValue> given;
  const auto check = [&] {
    return CheckTokenCount(TakeInventory(Variables(given), "", OurIssuers(), {{}, rules}));
  };
  for (std::size_t i = 0; i < kMaxTokens; ++i) {
    given.emplace_back("V" + std::to_string(i), "value " + std::to_string(i));
  }
  BOOST_TEST(bool(check()));
  given.emplace_back("V", "one more");
  BOOST_TEST((check().findings().front().code == Code::kJobUnreadable));
}

BOOST_AUTO_TEST_CASE(kinds_have_names) {
  BOOST_TEST(TokenKindName(TokenKind::kSecret) == "secret");
  BOOST_TEST(TokenKindName(TokenKind::kNamed) == "named");
  BOOST_TEST(TokenKindName(TokenKind::kIdToken) == "id_token");
  BOOST_TEST(TokenKindName(TokenKind::kJobToken) == "job_token");
  BOOST_TEST(TokenKindName(TokenKind::kLegacy) == "legacy");
}

BOOST_AUTO_TEST_CASE(hostile_variables_end) {
  std::string starts;
  while (starts.size() < Large(1024 * 1024)) starts += "eyJ";
  const std::string payload = kOurs.substr(kOurs.find('.'));
  std::vector<NameAndValue> given{{"A", starts + payload}, {"B", starts + "." + starts + payload}};
  for (std::size_t i = 0; i < Large(20'000); ++i) {
    given.emplace_back("CI_JOB_JWT", std::to_string(i) + kOurs);
  }
  const Inventory inventory = Take(given, std::string(1000, 'e'));
  BOOST_TEST(inventory.tokens.size() == 2U);
}

BOOST_AUTO_TEST_CASE(hostile_named_values_end) {
  const std::vector<ExposureRule> rules = {{Glob("V*"), ExposureAction::kMask}};
  std::vector<NameAndValue> given{{"A", std::string(Large(4 * 1024 * 1024), 'a')}};
  for (std::size_t i = 0; i < Large(100'000); ++i) {
    given.emplace_back("V" + std::to_string(i), std::to_string(i));
  }
  given.emplace_back("V", std::string(Large(100'000), 'a') + "b");
  const Inventory inventory = TakeInventory(Variables(given), "", OurIssuers(), {{}, rules});
  BOOST_TEST(!CheckTokenCount(inventory));
}

BOOST_AUTO_TEST_CASE(an_id_token_that_cannot_be_read_is_a_bad_one) {
  const std::string header = Base64Url(R"({"alg":"RS256","kid":"k","typ":"JWT"})") + ".";
  const auto kinds = [](const std::string& value, bool file = false) {
    std::vector<Variable> variables;
    variables.push_back({"VAULT_ID_TOKEN", Secret(value), file});
    return TakeInventory(variables, "", OurIssuers()).tokens.size();
  };
  for (const char* payload :
       {"no JSON", R"({"iss":"https://gitlab.example.com")", "[1,]", "[]", "1", R"("text")", "null",
        R"({"iss":"https://gitlab.example.com","iss":"x"})"}) {
    const std::string token = header + Base64Url(payload) + ".c2ln";
    BOOST_TEST(kinds(token) == 1U, payload);
    // Not where the server puts none.
    BOOST_TEST(kinds("Bearer " + token) == 0U, payload);
    BOOST_TEST(kinds(token, true) == 0U, payload);
  }
  BOOST_TEST(kinds(header + "AB.c2ln") == 1U);  // not canonical
  BOOST_TEST(kinds(Base64Url(R"({"alg":"HS256"})") + ".AAAA.c2ln") == 1U);
  // A header that is not strict JSON is a JWT's too.
  for (const char* bad :
       {R"({"alg":"RS256","alg":"none","kid":"k"})", R"({"alg":"RS256",})", R"({"kid":"k")"}) {
    BOOST_TEST(kinds(Base64Url(bad) + ".AAAA.c2ln") == 1U, bad);
    BOOST_TEST(kinds(Base64Url(bad) + "." + Base64Url(R"({"iss":"https://gitlab.example.com"})") +
                     ".c2ln") == 1U,
               bad);
  }
  // One that can be read and is of nobody here, and what is not an id_token.
  BOOST_TEST(kinds(header + Base64Url(R"({"iss":"https://x.example"})") + ".c2ln") == 0U);
  BOOST_TEST(kinds(header + Base64Url("{}") + ".c2ln") == 0U);
  // A cookie that some web frameworks sign: data, time, signature.
  BOOST_TEST(kinds(Base64Url(R"({"user":"kim"})") + ".ZQ1x2A.c2ln") == 0U);
  // One of somebody else that is larger than ours may be.
  const std::string padding(kMaxTokenBytes, ' ');
  BOOST_TEST(kinds(header + Base64Url("{" + padding + R"("iss":"https://x.example"})") + ".c2ln") ==
             0U);
}

BOOST_AUTO_TEST_SUITE_END()
