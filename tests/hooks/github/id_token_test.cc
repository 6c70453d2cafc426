#include "hooks/github/id_token.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/hooks/github/environment_of.h"
#include "tests/support/base64url.h"
#include "verifier/admission/one_token.h"

using namespace jobwarden;
using jobwarden::testing::EnvironmentOf;

namespace {

Issuer GitHub(const std::string& name, const std::string& server) {
  Issuer issuer;
  issuer.name = name;
  issuer.provider = Provider::kGitHub;
  issuer.server_url = server;
  issuer.audiences = {"runners"};
  return issuer;
}

// A configuration with GitLab, too, whose server has the job's url.
Config With(const std::vector<Issuer>& issuers) {
  Config config;
  config.path = "/etc/jobwarden/jobwarden.toml";
  Issuer gitlab = GitHub("gitlab", "https://github.com");
  gitlab.provider = Provider::kGitLab;
  config.issuers = {gitlab};
  config.issuers.insert(config.issuers.end(), issuers.begin(), issuers.end());
  return config;
}

const Environment kOfGitHub = EnvironmentOf({{"GITHUB_SERVER_URL", "https://github.com"}});

}  // namespace

BOOST_AUTO_TEST_SUITE(id_token)

BOOST_AUTO_TEST_CASE(job_may_request_tokens_when_it_has_url_and_token) {
  const auto may = [](const std::string& url, const std::string& token) {
    return MayRequestIdTokens(EnvironmentOf(
        {{"ACTIONS_ID_TOKEN_REQUEST_URL", url}, {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", token}}));
  };
  BOOST_TEST(may("https://a.example", "b"));
  BOOST_TEST(!may("https://a.example", ""));
  BOOST_TEST(!may("", "b"));
  BOOST_TEST(!MayRequestIdTokens(EnvironmentOf({})));
}

BOOST_AUTO_TEST_CASE(issuer_is_the_one_of_the_job_s_server) {
  const Config config =
      With({GitHub("company", "https://ghes.example.com"), GitHub("cloud", "https://github.com")});
  BOOST_TEST(IssuerOfJob(config, kOfGitHub)->name == "cloud");
  const auto ghes = EnvironmentOf({{"GITHUB_SERVER_URL", "https://ghes.example.com"}});
  BOOST_TEST(IssuerOfJob(config, ghes)->name == "company");
}

BOOST_AUTO_TEST_CASE(only_issuer_of_github_is_the_job_s) {
  const Config config = With({GitHub("company", "https://ghes.example.com")});
  BOOST_TEST(IssuerOfJob(config, kOfGitHub)->name == "company");
  BOOST_TEST(IssuerOfJob(config, EnvironmentOf({}))->name == "company");
}

BOOST_AUTO_TEST_CASE(job_without_an_issuer_is_a_mistake_of_the_configuration) {
  const auto none = IssuerOfJob(With({}), kOfGitHub);
  BOOST_REQUIRE(!none);
  BOOST_TEST((none.findings().front().code == Code::kConfigInvalid));
  BOOST_TEST(none.findings().front().message ==
             "expected an issuer with provider \"github\", got none");
  const auto other =
      IssuerOfJob(With({GitHub("a", "https://a.example"), GitHub("b", "https://b")}), kOfGitHub);
  BOOST_REQUIRE(!other);
  BOOST_TEST((other.findings().front().code == Code::kConfigInvalid));
  BOOST_TEST(other.findings().front().message ==
             "no issuer has the server_url \"https://github.com\" of this job");
}

BOOST_AUTO_TEST_CASE(fresh_audience_is_never_the_same) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string audience = FreshAudience("https://runners.example");
    BOOST_REQUIRE(audience.starts_with("https://runners.example/"));
    const std::string nonce = audience.substr(24);
    BOOST_REQUIRE(nonce.size() == 32U);
    BOOST_REQUIRE(nonce.find_first_not_of("0123456789abcdef") == nonce.npos);
    seen.insert(nonce);
  }
  BOOST_TEST(seen.size() == 1000U);
}

BOOST_AUTO_TEST_CASE(configuration_for_one_token_expects_exactly_its_audience) {
  Config config = With({GitHub("cloud", "https://github.com")});
  config.help = "ask us";
  const Config one = ForOneToken(config, config.issuers[1], "runners/00ff");
  BOOST_REQUIRE(one.issuers.size() == 1U);
  BOOST_TEST(one.issuers[0].name == "cloud");
  BOOST_TEST(one.issuers[0].Expects("runners/00ff"));
  BOOST_TEST(!one.issuers[0].Expects("runners"));
  BOOST_TEST(one.help == "ask us");
}

BOOST_AUTO_TEST_CASE(request_that_is_not_the_runner_s_is_not_made) {
  const Config config = With({GitHub("cloud", "https://github.com")});
  for (const auto& [url, token] : std::vector<std::pair<std::string, std::string>>{
           {"", "secret"},
           {"https://a.example/secret", ""},
           {"https://a.example/secret\n", "secret"},
           {"https://a.example/secret", "secret\nx"}}) {
    const auto made = RequestIdToken(config, config.issuers[1], "a",
                                     EnvironmentOf({{"ACTIONS_ID_TOKEN_REQUEST_URL", url},
                                                    {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", token}}),
                                     JobAge::kRuns);
    BOOST_REQUIRE(!made);
    BOOST_TEST((made.findings().front().code == Code::kTokenRequestFailed));
    BOOST_TEST(made.findings().front().message ==
               "token request: expected the values of ACTIONS_ID_TOKEN_REQUEST_URL and "
               "ACTIONS_ID_TOKEN_REQUEST_TOKEN that the runner sets, got others");
  }
}

BOOST_AUTO_TEST_CASE(token_may_be_of_another_issuer_of_the_same_server_and_of_no_other) {
  Config config;
  const auto add = [&](const char* name, const std::string& url, const char* server) {
    Issuer issuer;
    issuer.name = name;
    issuer.provider = Provider::kGitHub;
    issuer.url = url;
    issuer.server_url = server;
    config.issuers.push_back(issuer);
  };
  add("plain", "https://a", "https://github.com");
  add("slug", "https://a/octo", "https://github.com");
  add("other", "https://b", "https://octo.ghe.com");
  const auto of = [&](const std::string& iss) {
    const Secret token("e30." + testing::Base64Url("{\"iss\":\"" + iss + "\"}") + ".x");
    return IssuerOfToken(config, config.issuers[0], token).name;
  };
  BOOST_TEST(of("https://a") == "plain");
  BOOST_TEST(of("https://a/octo") == "slug");
  BOOST_TEST(of("https://b") == "plain");
  BOOST_TEST(of("https://c") == "plain");
  BOOST_TEST(IssuerOfToken(config, config.issuers[0], Secret("no token")).name == "plain");
}

BOOST_AUTO_TEST_SUITE_END()
