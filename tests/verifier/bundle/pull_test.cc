// Which policy may follow which, and until when one decides: at each boundary.

#include "verifier/bundle/pull.h"

#include <sys/stat.h>

#include <filesystem>
#include <map>

#include "tests/support/counting_server.h"
#include "tests/support/has.h"
#include "tests/support/minisign_key.h"
#include "tests/support/temp_folder.h"
#include "verifier/bundle/bundle.h"
#include "verifier/bundle/minisign.h"
#include "verifier/bundle/policy_store.h"

using namespace jobwarden;
using namespace jobwarden::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kRules = "[[allow]]\nname = \"a\"\nclaims = { project_path = \"shop/**\" }\n";
constexpr std::chrono::sys_seconds kNow{1'800'000'000s};

// A runner, and a server with one policy.
struct Fixture {
  TempFolder folder;
  MinisignSecretKey key = *ReadMinisignSecretKey(Secret(kSecretKey), nullptr);
  std::string trusted = key.public_key.text;
  std::string address;  // instead of the server's

  Result<Pull> Serve(std::int64_t serial, std::chrono::sys_seconds expires,
                     std::chrono::sys_seconds now = kNow, const std::string& rules = kRules) const {
    const std::string bundle = WriteBundle({{serial, expires, ""}, {{"rules.d/a.toml", rules}}});
    CountingServer server(
        {{"/p.tar.gz", bundle}, {"/p.tar.gz.minisig", *SignMinisign(bundle, key, "c")}});
    const std::vector<ConfigFile> own{
        {"jobwarden.toml",
         "version = 1\nstate_dir = \"" + folder.path() +
             "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = "
             "\"https://gitlab.example.com\"\naudience = \"a\"\n[policy.pull]\nkeys = [\"" +
             trusted + "\"]\n"}};
    const auto config = ParseConfig(own);
    BOOST_TEST_REQUIRE(static_cast<bool>(config));
    return PullPolicy(*config, own, address.empty() ? server.url("/p.tar.gz") : address, now);
  }
  std::int64_t InForce() const {
    const auto store = PolicyStore::Open(folder.path(), 1s);
    const auto current = store ? store->Read() : Result<PolicyStore::Current>(store.findings());
    return current ? current->serial : -1;
  }
  std::string InStore(const std::string& path) const { return folder / ("policy/" + path); }
  // The names of the versions, of which each begins with its serial.
  std::vector<std::string> Versions() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(InStore(""))) {
      if (SerialOf(entry.path().string()) > 0) names.push_back(entry.path().filename());
    }
    return names;
  }
};

std::string Why(const Result<Pull>& pull) {
  if (pull) return "in force";
  const Finding& finding = pull.findings().front();
  return std::string(CodeName(finding.code)) + ": " + finding.message;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pull, Fixture)

BOOST_AUTO_TEST_CASE(policy_is_good_until_the_second_of_its_end) {
  BOOST_TEST(Has(Why(Serve(1, kNow)), "POLICY_REFUSED: the policy with serial 1 expired at "));
  BOOST_TEST(Has(Why(Serve(1, kNow - 1s)), "POLICY_REFUSED"));
  BOOST_TEST(InForce() == 0);
  BOOST_TEST(Why(Serve(1, kNow + 1s)) == "in force");
}

BOOST_AUTO_TEST_CASE(policy_in_force_that_ends_is_said_to_be_expired_and_a_newer_one_heals_that) {
  const auto end = kNow + 60s;
  BOOST_TEST_REQUIRE(Why(Serve(1, end)) == "in force");
  BOOST_TEST(Why(Serve(1, end, end - 1s)) == "in force");
  BOOST_TEST(Has(Why(Serve(1, end, end)), "POLICY_EXPIRED: the policy with serial 1 expired at "));
  BOOST_TEST(InForce() == 1);
  BOOST_TEST(Why(Serve(2, end + 60s, end)) == "in force");
}

BOOST_AUTO_TEST_CASE(serial_never_goes_back) {
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  const auto end = kNow + 60s;
  BOOST_TEST_REQUIRE(Why(Serve(7, end)) == "in force");
  BOOST_TEST(Has(Why(Serve(6, end)), "expected a serial of 7 or more, got 6"));
  BOOST_TEST(Has(Why(Serve(7, end + 1s)), "another policy with the serial 7 is in force already"));
  BOOST_TEST(InForce() == 7);
  BOOST_TEST(Why(Serve(kHighest, end)) == "in force");
  BOOST_TEST(Has(Why(Serve(kHighest - 1, end)), "POLICY_REFUSED"));
  // Also after the end: an older policy with a later end is not the way out.
  BOOST_TEST(Has(Why(Serve(6, end + 120s, end + 60s)), "POLICY_REFUSED"));
}

// The note may be damaged. The name of the folder says the serial too.
BOOST_AUTO_TEST_CASE(serial_binds_also_where_its_note_cannot_be_read) {
  const auto end = kNow + 60s;
  BOOST_TEST_REQUIRE(Why(Serve(7, end)) == "in force");
  const std::string note = folder.path() + "/policy/current/pulled.json";
  for (const char* text : {"", "{}", "null"}) {
    std::ofstream(note) << text;
    BOOST_TEST(Has(Why(Serve(6, end)), "expected a serial of 7 or more, got 6"), text);
  }
  // The same policy is put in force again, and its note is good again.
  BOOST_TEST(Why(Serve(7, end)) == "in force");
  BOOST_TEST(Has(Slurp(note), "\"serial\":7"));
}

// Without the link nobody knows which serial is in force. An older policy must not profit, and what
// was in force must not be removed.
BOOST_AUTO_TEST_CASE(link_that_cannot_be_read_stops_the_pull) {
  const auto end = kNow + 60s;
  BOOST_TEST_REQUIRE(Why(Serve(7, end)) == "in force");
  const std::string link = InStore("current");
  const auto versions = Versions();
  for (const char* target : {"nonsense", "../policy", "0-abcdef"}) {
    std::filesystem::remove(link);
    std::filesystem::create_symlink(target, link);
    BOOST_TEST(Has(Why(Serve(6, end)), "POLICY_UNAVAILABLE: "), target);
    BOOST_TEST(Has(Why(Serve(8, end)), "expected a link to the folder of a version"), target);
  }
  std::filesystem::remove(link);
  std::filesystem::create_directory(link);
  BOOST_TEST(Has(Why(Serve(8, end)), "expected a link to the folder of a version"));
  BOOST_TEST(Versions() == versions, boost::test_tools::per_element());
  // As the hint says.
  std::filesystem::remove(link);
  BOOST_TEST(Why(Serve(8, end)) == "in force");
}

// The server says that nothing is new, and yet this machine could not decide.
BOOST_AUTO_TEST_CASE(policy_in_force_that_is_damaged_is_put_in_force_again) {
  const auto end = kNow + 60s;
  BOOST_TEST_REQUIRE(Why(Serve(7, end)) == "in force");
  const std::vector<std::function<void()>> damages{
      [&] { std::filesystem::remove(InStore("current/rules.d/a.toml")); },
      [&] { std::ofstream(InStore("current/rules.d/a.toml"), std::ios::app) << "# by hand\n"; },
      [&] { std::ofstream(InStore("current/rules.d/b.toml")) << "# another file\n"; },
      [&] { std::ofstream(InStore("current/rules.d/a.toml")).flush(); },
      [&] { chmod(InStore("current/rules.d/a.toml").c_str(), 0666); },
      [&] { chmod(InStore("current/rules.d").c_str(), 0777); },
      [&] { std::filesystem::remove_all(InStore("current/rules.d")); },
      [&] {
        std::filesystem::remove_all(InStore(std::filesystem::read_symlink(InStore("current"))));
      },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    damages[i]();
    BOOST_TEST_CONTEXT("damage " << i) {
      BOOST_TEST(Has(Why(Serve(6, end)), "expected a serial of 7 or more, got 6"));
      const auto mended = Serve(7, end);
      BOOST_TEST_REQUIRE(Why(mended) == "in force");
      BOOST_TEST(mended->is_new);
      BOOST_TEST(Slurp(InStore("current/rules.d/a.toml")) == kRules);
      BOOST_TEST(!Serve(7, end)->is_new);
    }
  }
}

// Whoever could lock it could hold back a policy that takes a right away.
BOOST_AUTO_TEST_CASE(lock_is_for_the_owner_alone) {
  const std::string lock = InStore("lock");
  const auto mode = [&] { return std::filesystem::status(lock).permissions(); };
  BOOST_TEST_REQUIRE(Why(Serve(1, kNow + 60s)) == "in force");
  BOOST_TEST((mode() == std::filesystem::perms(0600)));
  chmod(lock.c_str(), 0644);
  BOOST_TEST_REQUIRE(Why(Serve(1, kNow + 60s)) == "in force");
  BOOST_TEST((mode() == std::filesystem::perms(0600)));
}

BOOST_AUTO_TEST_CASE(url_without_a_path_is_refused) {
  for (const char* url : {"http://127.0.0.1:9", "http://localhost", "http://localhost?a=/b"}) {
    address = url;
    BOOST_TEST(Has(Why(Serve(1, kNow + 60s)), "CONFIG_INVALID: "), url);
    BOOST_TEST(Has(Why(Serve(1, kNow + 60s)), "expected the URL of a file"), url);
  }
}

BOOST_AUTO_TEST_CASE(serial_of_a_key_that_is_not_trusted_any_more_does_not_bind) {
  const auto end = kNow + 60s;
  BOOST_TEST_REQUIRE(Why(Serve(900, end)) == "in force");
  // The other key, of which only the public half is here, has signed nothing.
  trusted = "RWQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  BOOST_TEST(Has(Why(Serve(901, end)), "POLICY_REFUSED: the signature is by the key "));
  BOOST_TEST(InForce() == 900);
}

BOOST_AUTO_TEST_CASE(policy_that_fails_here_leaves_the_old_one_in_force) {
  const auto end = kNow + 60s;
  BOOST_TEST_REQUIRE(Why(Serve(1, end)) == "in force");
  BOOST_TEST(Has(Why(Serve(2, end, kNow, "[[alow]]\n")), "POLICY_REFUSED"));
  BOOST_TEST(InForce() == 1);
  BOOST_TEST(folder.Names().contains("policy"));
}

BOOST_AUTO_TEST_SUITE_END()
