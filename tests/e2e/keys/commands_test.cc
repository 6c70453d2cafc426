// `jobwarden keys`: what it says, on which of the two streams, and how it ends.

#include <nlohmann/json.hpp>

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;
using std::chrono::hours;

namespace {

struct Fixture {
  FakeIssuer issuer;
  KeysHost host{issuer.url()};

  Fixture() {
    issuer.SetKeys(R"({"keys":[)" + host.signer.Jwk() + "," + Signer("ES384", "ec").Jwk() +
                   R"(,{"kty":"oct","kid":"mac","k":"AAAA"}]})");
  }

  ChildResult Show(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"keys", "show"});
    return host.Jobwarden(std::move(more));
  }

  nlohmann::json ShowJson() const {
    return nlohmann::json::parse(Show({"--json"}).out).at("issuers").at(0);
  }

  // A line of the table, its columns apart by one space.
  std::string Line(std::size_t number) const {
    std::istringstream table(Show().out);
    std::string line;
    for (std::size_t i = 0; i <= number; ++i) std::getline(table, line);
    std::istringstream words(line);
    std::string word, joined;
    while (words >> word) joined += (joined.empty() ? "" : " ") + word;
    return joined;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(commands, Fixture)

BOOST_AUTO_TEST_CASE(refresh_says_on_stderr_what_it_asks_and_what_came_of_it) {
  const ChildResult result = host.Refresh();
  BOOST_TEST(result.exit_code == kAllow);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "jobwarden: issuer \"gitlab\": fetching keys from \"" + issuer.url() +
                                 "\", 5 s at most\n"));
  BOOST_TEST(Has(result.err,
                 "jobwarden: issuer \"gitlab\": key \"mac\" cannot be used: not a "
                 "public key"));
  BOOST_TEST(Has(result.err, "jobwarden: issuer \"gitlab\": 2 usable from \"" + issuer.keys_url()));
}

// A driver of another user reads the keys, and root's umask is 077 on many machines.
BOOST_AUTO_TEST_CASE(refreshed_keys_are_for_all_to_read_whatever_the_umask_is) {
  namespace fs = std::filesystem;
  host.as = {"/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"};
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  for (const char* path : {"state", "state/keys"}) {
    BOOST_TEST((fs::status(host.folder / path).permissions() == fs::perms(0755)), path);
  }
  const std::string keys = host.folder / "state/keys/gitlab.json";
  BOOST_TEST((fs::status(keys).permissions() == fs::perms(0644)));
  BOOST_TEST(host.Jobwarden({"keys", "pin", "--issuer", "gitlab"}).exit_code == kAllow);
  BOOST_TEST((fs::status(host.folder / "keys").permissions() == fs::perms(0755)));
}

BOOST_AUTO_TEST_CASE(refresh_if_needed_of_a_fresh_set_asks_and_announces_nothing) {
  host.Refresh();
  const ChildResult result = host.Refresh({"--if-needed"});
  BOOST_TEST(result.exit_code == kAllow);
  BOOST_TEST(Lacks(result.err, "fetching"));
  BOOST_TEST(Has(result.err, "2 usable"));
  BOOST_TEST(issuer.requests(FakeIssuer::kKeysPath) == 1);
}

BOOST_AUTO_TEST_CASE(refresh_warns_of_a_cache_that_is_not_trusted) {
  host.Refresh();
  host.folder.Write("state/keys/gitlab.json", "garbage");
  const ChildResult result = host.Refresh({"--if-needed"});
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(Has(result.err, "jobwarden: warning: KEY_CACHE_IGNORED: key cache \"" +
                                 (host.folder / "state/keys/gitlab.json") + "\": not valid JSON"));
  BOOST_TEST(host.StoredKids().size() == 3U);
}

BOOST_AUTO_TEST_CASE(jobs_and_checks_warn_of_a_cache_that_is_not_trusted_and_fetch_anew) {
  for (const bool torn : {true, false}) {
    for (const bool job : {true, false}) {
      host.Refresh();
      const std::string path = host.folder / "state/keys/gitlab.json";
      if (torn) {
        std::filesystem::resize_file(path, 100);
      } else {
        std::filesystem::permissions(path, std::filesystem::perms(0666));
      }
      const int before = issuer.requests(FakeIssuer::kKeysPath);
      const ChildResult result = job ? host.Prepare() : host.Verify();
      BOOST_TEST(result.exit_code == kAllow, result.log);
      BOOST_TEST(Has(result.log, "warning: KEY_CACHE_IGNORED: "));
      BOOST_TEST(issuer.requests(FakeIssuer::kKeysPath) == before + 1);
      BOOST_TEST(Lacks(host.Prepare().log, "warning"));
    }
  }
}

BOOST_AUTO_TEST_CASE(show_prints_a_table_of_all_keys) {
  issuer.SetKeysHeaders({{"Cache-Control", "max-age=3600"}});
  host.Refresh();
  const auto json = ShowJson();
  const std::string times = json.at("fetched_at").get<std::string>() + " " +
                            json.at("fresh_until").get<std::string>() + " " +
                            json.at("stale_until").get<std::string>();
  BOOST_TEST(Line(0) == "ISSUER KID ALGORITHM SIZE FETCHED FRESH UNTIL STALE UNTIL SKIPPED");
  BOOST_TEST(Line(1) == "gitlab \"gitlab-key\" RS256 2048 " + times);
  BOOST_TEST(Line(2) == "gitlab ec ES384 384 " + times);
  BOOST_TEST(Line(3) == "gitlab mac - - " + times + " not a public key: it has the member k");
  BOOST_TEST(Show().err == "");
  BOOST_TEST(Show().exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(show_prints_json) {
  host.Refresh();
  const ChildResult result = Show({"--json", "--issuer", "gitlab"});
  BOOST_TEST(result.exit_code == kAllow);
  BOOST_TEST(result.out.ends_with("}\n"));
  const auto json = nlohmann::json::parse(result.out);
  BOOST_TEST(json.at("format") == 1);
  const auto& shown = json.at("issuers").at(0);
  BOOST_TEST(shown.at("issuer") == "gitlab");
  BOOST_TEST(shown.at("state") == "fresh");
  BOOST_TEST(shown.at("source") == issuer.keys_url());
  BOOST_TEST(shown.at("keys").at(0) ==
             nlohmann::json::parse(
                 R"({"kid":"gitlab-key","type":"RSA","bits":2048,"algorithms":["RS256"]})"));
  BOOST_TEST(shown.at("keys").at(1).at("type") == "P-384");
  BOOST_TEST(shown.at("skipped").at(0).at("kid") == "mac");
  BOOST_TEST(shown.at("skipped").at(0).at("reason") == "not a public key: it has the member k");
}

BOOST_AUTO_TEST_CASE(show_of_no_set_and_of_one_that_is_too_old_ends_with_3) {
  const ChildResult none = Show();
  BOOST_TEST(none.exit_code == kError);
  BOOST_TEST(Has(none.err, "KEYS_UNAVAILABLE: issuer \"gitlab\": no key set: key cache"));
  BOOST_TEST(ShowJson().at("state") == "none");
  host.Refresh();
  host.Age(hours(25));
  BOOST_TEST(Show().exit_code == kAllow);
  BOOST_TEST(ShowJson().at("state") == "stale");
  host.Age(hours(24));
  const ChildResult expired = Show();
  BOOST_TEST(expired.exit_code == kError);
  BOOST_TEST(Has(expired.err, "the key set could be used until 20"));
  BOOST_TEST(ShowJson().at("state") == "expired");
  BOOST_TEST(issuer.requests() == 2);
}

BOOST_AUTO_TEST_CASE(wrong_words_end_with_2) {
  BOOST_TEST(Show({"--issuer", "github"}).exit_code == kUsage);
  BOOST_TEST(host.Refresh({"--issuer", "github"}).exit_code == kUsage);
  BOOST_TEST(host.Jobwarden({"keys", "pin", "--issuer", "github"}).exit_code == kUsage);
  BOOST_TEST(host.Jobwarden({"keys", "pin"}).exit_code == kUsage);
  BOOST_TEST(host.Jobwarden({"keys"}).exit_code == kUsage);
  BOOST_TEST(host.Refresh({"--json"}).exit_code == kUsage);
  BOOST_TEST(issuer.requests() == 0);
}

BOOST_AUTO_TEST_CASE(pin_writes_a_file_that_then_needs_no_issuer) {
  const ChildResult result = host.Jobwarden({"keys", "pin", "--issuer", "gitlab"});
  BOOST_TEST(result.exit_code == kAllow, result.log);
  const std::string path = host.folder / "keys/gitlab.json";
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "2 usable from \"" + issuer.keys_url() + "\", pinned in \"" + path));
  BOOST_TEST(Has(result.err, "to use it, let [issuer.keys] hold nothing but file = \"" + path));
  BOOST_TEST(!std::filesystem::exists(host.folder / "state"));

  host.Configure("file = \"" + path + "\"");
  const int before = issuer.requests();
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  BOOST_TEST(ShowJson().at("state") == "pinned");
  BOOST_TEST(Line(1) == "gitlab \"gitlab-key\" RS256 2048 pinned - -");
  BOOST_TEST(issuer.requests() == before);
}

BOOST_AUTO_TEST_CASE(pin_renews_the_file_that_is_configured_and_leaves_it_when_it_fails) {
  const std::string path = host.folder / "pinned/gitlab.json";
  host.Configure("file = \"" + path + "\"");
  BOOST_TEST(host.Prepare().exit_code == kSystemFailure);
  const ChildResult result = host.Jobwarden({"keys", "pin", "--issuer", "gitlab"});
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(Lacks(result.err, "to use it"));
  BOOST_TEST(host.Prepare().exit_code == kAllow);

  const std::string pinned = Slurp(path);
  issuer.SetKeys(R"({"keys":[]})");
  const ChildResult failed = host.Jobwarden({"keys", "pin", "--issuer", "gitlab"});
  BOOST_TEST(failed.exit_code == kError);
  BOOST_TEST(Has(failed.err, "KEYS_UNAVAILABLE: \"" + issuer.keys_url() + "\": no key in it"));
  BOOST_TEST(Slurp(path) == pinned);
}

BOOST_AUTO_TEST_SUITE_END()
