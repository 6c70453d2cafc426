// `[policy.pull]`: what is read, and what is refused.

#include <chrono>
#include <filesystem>
#include <vector>

#include "tests/support/has.h"
#include "tests/support/minisign_key.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"
#include "tests/verifier/config/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const std::string kKey = kPublicKey;
const std::string kOtherKey = "RWQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const std::string kUrl = "url = \"https://policy.example.com/p.tar.gz\"\n";
const std::string kKeys = "keys = [\"" + kKey + "\"]\n";

std::string Refused(const std::string& lines) {
  return RefusalWith("[policy.pull]\n" + lines);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pull)

BOOST_AUTO_TEST_CASE(all_keys_are_read) {
  const auto config =
      Parse(kGood + "[policy.pull]\n" + kUrl + "keys = [\"" + kKey + "\", \"" + kOtherKey +
            "\"]\nca_file = \"/etc/ca.pem\"\nproxy = \"http://p:3128\"\ntimeout = \"2m\"\n");
  BOOST_TEST_REQUIRE(static_cast<bool>(config));
  const PullSettings& pull = config->policy_settings.pull;
  BOOST_TEST(pull.url == "https://policy.example.com/p.tar.gz");
  BOOST_TEST_REQUIRE(pull.keys.size() == 2U);
  BOOST_TEST(pull.keys[1].text == kOtherKey);
  BOOST_TEST(pull.ca_file == "/etc/ca.pem");
  BOOST_TEST(pull.proxy == "http://p:3128");
  BOOST_TEST((pull.timeout == std::chrono::minutes(2)));
}

BOOST_AUTO_TEST_CASE(url_may_be_given_to_the_command_alone) {
  const auto config = Parse(kGood + "[policy.pull]\n" + kKeys);
  BOOST_TEST_REQUIRE(static_cast<bool>(config));
  BOOST_TEST(config->policy_settings.pull.url == "");
  BOOST_TEST((config->policy_settings.pull.timeout == std::chrono::seconds(30)));
  BOOST_TEST(static_cast<bool>(
      Parse(kGood + "[policy.pull]\nurl = \"http://127.0.0.1:8080/p.tar.gz?v=1\"\n" + kKeys)));
}

// Without a key anybody could sign.
BOOST_AUTO_TEST_CASE(keys_are_required) {
  BOOST_TEST(Has(Refused(kUrl), "keys"));
  BOOST_TEST(Has(Refused(kUrl + "keys = []\n"), "policy.pull.keys"));
  BOOST_TEST(Has(Refused(kUrl + "keys = [7]\n"), "policy.pull.keys"));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_public_key_of_minisign_is_refused_where_it_is) {
  for (const std::string& text :
       {std::string("untrusted comment: minisign public key"), kKey.substr(1), kKey + "=",
        kKey.substr(0, kKey.size() - 4), std::string(kKey).replace(1, 1, "X"),
        std::string(kKey).replace(20, 1, "*"), " " + kKey, std::string()}) {
    const std::string refusal = Refused("keys = [\"" + kKey + "\",\n  \"" + text + "\"]\n");
    BOOST_TEST(Has(refusal, "c.toml:9:"));
    BOOST_TEST(Has(refusal, "policy.pull.keys"), text);
  }
  BOOST_TEST(Has(Refused("keys = [\"" + kKey + "\", \"" + kKey + "\"]\n"), "a key appears twice"));
}

// Whoever copies an example with the key of these tests trusts everybody who has read them.
BOOST_AUTO_TEST_CASE(no_guide_and_no_example_names_a_key_whose_secret_half_is_public) {
  std::size_t pages = 0;
  for (const char* place : {"docs", "install", "README.md", "SECURITY.md"}) {
    std::vector<std::filesystem::path> paths{InCheckout(place)};
    if (std::filesystem::is_directory(paths.front())) {
      paths.assign(std::filesystem::recursive_directory_iterator(paths.front()), {});
    }
    for (const auto& path : paths) {
      if (!std::filesystem::is_regular_file(path)) continue;
      BOOST_TEST(Lacks(Slurp(path), kKey), path);
      ++pages;
    }
  }
  BOOST_TEST(pages > 50U);
}

// A secret key that was copied by mistake must not be on a screen or in a journal.
BOOST_AUTO_TEST_CASE(secret_key_is_not_repeated) {
  const std::string secret = "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + kKey + kKey;
  BOOST_TEST(Lacks(Refused("keys = [\"" + secret + "\"]\n"), kKey));
}

BOOST_AUTO_TEST_CASE(url_is_https_or_stays_on_this_machine) {
  for (const char* url : {"http://policy.example.com/p", "ftp://policy.example.com/p",
                          "https://u:p@policy.example.com", "https://policy.example.com/p#f",
                          "policy.example.com/p", "file:///p", ""}) {
    BOOST_TEST(Has(Refused("url = \"" + std::string(url) + "\"\n" + kKeys), "policy.pull.url"),
               url);
  }
}

BOOST_AUTO_TEST_CASE(other_values_have_bounds) {
  for (const char* line : {"timeout = \"0s\"", "timeout = \"601s\"", "timeout = 30",
                           "ca_file = \"ca.pem\"", "proxy = \"https://p:3128\"", "url = 7"}) {
    const std::string key = std::string(line).substr(0, std::string(line).find(' '));
    BOOST_TEST(Has(Refused(kKeys + line + "\n"), "policy.pull." + key), line);
  }
  BOOST_TEST(Has(Refused(kKeys + "uri = 7\n"), "unknown key \"uri\" in [policy.pull]"));
  BOOST_TEST(Has(RefusalWith("policy = 3\n"), "policy"));
  BOOST_TEST(Has(RefusalWith("[policy]\npull = 3\n"), "pull"));
}

BOOST_AUTO_TEST_SUITE_END()
