// `jobwarden inspect`: shows what a token says, verifies nothing.

#include <boost/test/unit_test.hpp>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

const std::string kNow = std::to_string(kIssuedAt + 60);

ChildResult Inspect(const CliHost& host, const std::string& token,
                    std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"inspect", "--token-stdin"});
  return host.Run(more, token);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(inspect)

BOOST_AUTO_TEST_CASE(header_and_payload_are_shown_and_not_the_signature) {
  const CliHost host;
  const ChildResult result = Inspect(host, host.token, {"--now", kNow});
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(result.err == "");
  BOOST_TEST(result.out.starts_with("header (not verified)\n  \"alg\": \"EdDSA\"\n"), result.out);
  BOOST_TEST(Has(result.out, "\npayload (not verified)\n"));
  BOOST_TEST(Has(result.out, "  \"project_path\": \"shop/checkout\"\n"));
  BOOST_TEST(Lacks(result.out, "warning"));
  BOOST_TEST(Lacks(result.out, host.token.substr(host.token.rfind('.') + 1)));
}

BOOST_AUTO_TEST_CASE(json_has_the_same_on_one_line) {
  const CliHost host;
  const auto answer = OneLineOfJson(Inspect(host, host.token, {"--json", "--now", kNow}));
  BOOST_TEST(answer["validated"] == false);
  BOOST_TEST(answer["header"]["kid"] == "key-1");
  BOOST_TEST(answer["payload"]["iss"] == "https://gitlab.example.com");
  BOOST_TEST(answer["warnings"] == nlohmann::json::array());
}

BOOST_AUTO_TEST_CASE(what_looks_wrong_is_warned_about_and_is_not_an_error) {
  const CliHost host;
  const auto warnings = [&](const std::string& token, const std::string& now) {
    const ChildResult result = Inspect(host, token, {"--json", "--now", now});
    BOOST_TEST(result.exit_code == kAllow, result.log);
    return OneLineOfJson(result)["warnings"].dump();
  };
  BOOST_TEST(Has(warnings(host.token, std::to_string(kIssuedAt + 86'400)), "exp: "));
  BOOST_TEST(Has(warnings(host.token, std::to_string(kIssuedAt - 60)), "iat: in the future by 60"));
  const std::string bare = host.signer.SignWithHeader(R"({"alg":"none","kid":"k"})", "{}");
  for (const char* part :
       {"ALGORITHM_INVALID", "iss: missing", "aud: missing", "exp: missing", "iat: missing"}) {
    BOOST_TEST(Has(warnings(bare, kNow), part));
  }
}

BOOST_AUTO_TEST_CASE(text_of_a_stranger_stays_on_its_line) {
  const CliHost host;
  const std::string odd = host.signer.Sign(R"({"iss":"a\nb\u001b[31m","no\nte":"x"})");
  const ChildResult result = Inspect(host, odd, {"--now", kNow});
  BOOST_TEST(Has(result.out, R"(  "iss": "a\nb\u001b[31m")"));
  BOOST_TEST(Has(result.out, R"(  "no\nte": "x")"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_decoded_is_an_error_without_its_text) {
  const CliHost host;
  const std::string payload = host.token.substr(0, host.token.rfind('.'));
  for (const std::string& token :
       {std::string("secret"), payload, host.token + ".more",
        "a." + host.token.substr(host.token.find('.') + 1), std::string(70'000, 'x')}) {
    for (const bool json : {false, true}) {
      const ChildResult result = Inspect(
          host, token, json ? std::vector<std::string>{"--json"} : std::vector<std::string>{});
      BOOST_TEST(result.exit_code == kDeny, result.log);
      if (json) {
        BOOST_TEST(result.err == "");
        const auto answer = OneLineOfJson(result);
        BOOST_TEST(answer["outcome"] == "deny");
        BOOST_TEST(CodesOf(answer).starts_with("MALFORMED_TOKEN"));
      } else {
        BOOST_TEST(result.out == "");
        BOOST_TEST(Has(result.err, "jobwarden: MALFORMED_TOKEN: "));
      }
      BOOST_TEST(Lacks(result.log, "secret"));
      BOOST_TEST(Lacks(result.log, "eyJ"));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_configuration_is_read) {
  const CliHost host;
  BOOST_TEST(Inspect(host, host.token, {"--config", "/nowhere"}).exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(token_that_is_not_there_is_missing) {
  const CliHost host;
  const auto answer = OneLineOfJson(host.Run({"inspect", "--json", "--token-env", "ABSENT"}));
  BOOST_TEST(CodesOf(answer) == "TOKEN_MISSING");
}

BOOST_AUTO_TEST_SUITE_END()
