#include "verifier/keys/refresh_program.h"

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "tests/support/fake_issuer.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "verifier/os/process.h"

using namespace jobwarden;
using jobwarden::testing::Answer;
using jobwarden::testing::FakeIssuer;
using jobwarden::testing::Signer;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;

namespace {

struct Fixture {
  TempFolder folder;
  FakeIssuer server{"/gitlab"};
  std::string config = "version = 1\nstate_dir = \"" + (folder / "state") + "\"\n";
  std::vector<std::string> environment;

  Fixture() { server.SetKeys(Signer().KeySetJson()); }

  // Adds an issuer to the configuration.
  Issuer Add(const std::string& name, const std::string& url, const std::string& keys = "") {
    config += "[[issuer]]\nname = \"" + name + "\"\nprovider = \"gitlab\"\nurl = \"" + url +
              "\"\naudience = \"runner\"\n[issuer.keys]\ntimeout = \"30s\"\n" + keys + "\n";
    folder.Write("jobwarden.toml", config);
    Issuer issuer;
    issuer.name = name;
    issuer.url = url;
    issuer.keys.timeout = std::chrono::seconds(30);
    return issuer;
  }

  Result<Keys> Get(const Issuer& issuer, std::string_view kid = "key-1") {
    return KeyCache(folder / "state", std::vector<uid_t>(),
                    RefreshByProgram(folder / "jobwarden.toml", environment))
        .Get(issuer, kid);
  }

  Finding Refusal(const Issuer& issuer) {
    const auto keys = Get(issuer);
    BOOST_REQUIRE(!keys);
    BOOST_TEST((keys.findings().front().code == Code::kKeysUnavailable));
    return keys.findings().front();
  }

  // `jobwarden keys refresh`
  ProgramEnd Refresh(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"keys", "refresh", "--config", folder / "jobwarden.toml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto path = SiblingProgram("jobwarden", Code::kKeysUnavailable);
    BOOST_REQUIRE(path);
    auto end = RunProgram({.path = *path,
                           .arguments = arguments,
                           .environment = environment,
                           .input = {},
                           .timeout = std::chrono::seconds(60)},
                          Code::kKeysUnavailable, "jobwarden");
    BOOST_REQUIRE(end);
    return *end;
  }
};

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refresh_program, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_cache_is_filled_by_the_program_and_then_used) {
  const Issuer issuer = Add("gitlab", server.url());
  const auto keys = Get(issuer);
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->set.Has("key-1"));
  BOOST_TEST(keys->warnings.empty());
  BOOST_TEST(bool(Get(issuer)));
  BOOST_TEST(server.requests(FakeIssuer::kKeysPath) == 1);
}

BOOST_AUTO_TEST_CASE(the_reason_of_a_failure_and_what_to_do_reach_the_finding) {
  const Issuer issuer = Add("gitlab", server.url());
  server.SetDiscovery(R"({"issuer":"https://other.example","jwks_uri":"https://other.example/k"})");
  const Finding finding = Refusal(issuer);
  BOOST_TEST(Contains(finding.message, "issuer \"gitlab\": no key set: \"" + server.url() +
                                           FakeIssuer::kDiscoveryPath + "\": issuer: expected \"" +
                                           server.url() + "\", got \"https://other.example\""),
             finding.message);
  BOOST_TEST(finding.hint == "`url` of this issuer must be what its tokens have as `iss`");
}

BOOST_AUTO_TEST_CASE(a_proxy_setting_of_the_environment_reaches_the_program) {
  Poco::Net::ServerSocket deaf;
  deaf.bind(Poco::Net::SocketAddress("127.0.0.1", 0));
  const auto port = deaf.address().port();
  environment = {"https_proxy=http://127.0.0.1:" + std::to_string(port)};
  const Issuer issuer = Add("gitlab", "https://gitlab.invalid");
  const Finding finding = Refusal(issuer);
  BOOST_TEST(Contains(finding.message, "connection refused by 127.0.0.1:" + std::to_string(port)),
             finding.message);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_the_program_refuses_is_the_reason) {
  const Issuer issuer = Add("gitlab", server.url());
  folder.Write("jobwarden.toml", config + "colour = 1\n");
  const Finding finding = Refusal(issuer);
  BOOST_TEST(Contains(finding.message, "colour"), finding.message);
}

BOOST_AUTO_TEST_CASE(many_checks_at_once_on_an_empty_cache_start_one_program) {
  const Issuer issuer = Add("gitlab", server.url());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&] { good += Get(issuer) ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(good == 50);
  BOOST_TEST(server.requests() == 2);
}

BOOST_AUTO_TEST_CASE(refresh_fetches_every_issuer_and_says_what_came_of_it) {
  FakeIssuer second;
  second.SetKeys(R"({"keys":[{"kty":"oct","kid":"mac","k":"AAAA"},)" + Signer().Jwk() + "]}");
  Add("first", server.url());
  Add("second", second.url());
  const ProgramEnd end = Refresh();
  BOOST_TEST(end.exit_code == 0, end.errors);
  BOOST_TEST(end.output == "");
  BOOST_TEST(Contains(end.errors, "jobwarden: issuer \"first\": 1 usable from \"" +
                                      server.keys_url() + "\", fresh until 20"),
             end.errors);
  BOOST_TEST(Contains(end.errors, "jobwarden: issuer \"second\": key \"mac\" cannot be used: "),
             end.errors);
  BOOST_TEST(Slurp(folder / "state/keys/first.json").starts_with("{\"format\":1,"));
  BOOST_TEST(Slurp(folder / "state/keys/second.json").starts_with("{\"format\":1,"));
}

BOOST_AUTO_TEST_CASE(refresh_of_one_leaves_the_others_alone) {
  FakeIssuer second;
  Add("first", server.url());
  Add("second", second.url());
  BOOST_TEST(Refresh({"--issuer", "first"}).exit_code == 0);
  BOOST_TEST(second.requests() == 0);
}

BOOST_AUTO_TEST_CASE(refresh_if_needed_asks_nobody_while_the_set_is_fresh) {
  Add("gitlab", server.url());
  BOOST_TEST(Refresh().exit_code == 0);
  BOOST_TEST(Refresh({"--if-needed"}).exit_code == 0);
  BOOST_TEST(server.requests(FakeIssuer::kKeysPath) == 1);
}

BOOST_AUTO_TEST_CASE(one_issuer_that_fails_does_not_stop_the_others) {
  FakeIssuer broken;
  broken.SetAnswer(FakeIssuer::kDiscoveryPath, Answer{.status = 503});
  Add("broken", broken.url());
  const Issuer good = Add("good", server.url());
  const ProgramEnd end = Refresh();
  BOOST_TEST(end.exit_code == 3);
  BOOST_TEST(Contains(end.errors, "jobwarden: KEYS_UNAVAILABLE: \"" + broken.url() +
                                      FakeIssuer::kDiscoveryPath + "\": answered 503\n"),
             end.errors);
  BOOST_TEST(bool(ReadStoredKeys(folder / "state", good, {})));
  BOOST_TEST(access((folder / "state/keys/broken.json").c_str(), F_OK) != 0);
}

BOOST_AUTO_TEST_CASE(refresh_of_a_name_that_nobody_has_is_a_usage_error) {
  Add("gitlab", server.url());
  const ProgramEnd end = Refresh({"--issuer", "github"});
  BOOST_TEST(end.exit_code == 2);
  BOOST_TEST(Contains(end.errors, "no issuer has the name \"github\""), end.errors);
}

BOOST_AUTO_TEST_CASE(refresh_leaves_pinned_keys_alone) {
  const std::string pinned = folder.Write("pinned.json", Signer().KeySetJson());
  Add("gitlab", server.url(), "file = \"" + pinned + "\"");
  const ProgramEnd end = Refresh();
  BOOST_TEST(end.exit_code == 0, end.errors);
  BOOST_TEST(Contains(end.errors, "keys are pinned in"), end.errors);
  BOOST_TEST(server.requests() == 0);
}

BOOST_AUTO_TEST_CASE(a_state_folder_that_cannot_be_made_is_an_error) {
  Add("gitlab", server.url());
  folder.Write("state", "not a folder");
  const ProgramEnd end = Refresh();
  BOOST_TEST(end.exit_code == 3);
  BOOST_TEST(Contains(end.errors, "STATE_UNWRITABLE"), end.errors);
}

BOOST_AUTO_TEST_SUITE_END()
