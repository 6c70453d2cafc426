// Issuers that rotate their keys, and jobs with tokens by keys that nobody has.

#include <thread>

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;
using std::chrono::hours;
using std::chrono::steady_clock;

namespace {

constexpr const char* kKeys = FakeIssuer::kKeysPath;

struct Fixture {
  FakeIssuer issuer;
  KeysHost host{issuer.url()};
  Signer rotated{"RS256", "rotated-key"};

  Fixture() { issuer.SetKeys(host.signer.KeySetJson()); }

  int requests() const { return issuer.requests(kKeys); }
};

std::vector<ChildResult> AtOnce(const std::vector<ChildOptions>& calls) {
  std::vector<ChildResult> results(calls.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = RunChild(calls[i]); });
  }
  for (auto& thread : threads) thread.join();
  return results;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rotation, Fixture)

BOOST_AUTO_TEST_CASE(rotated_key_is_found_by_one_refresh) {
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  issuer.SetKeys(rotated.KeySetJson());
  const ChildResult first = host.Prepare(rotated);
  BOOST_TEST(first.exit_code == kAllow, first.log);
  BOOST_TEST(Lacks(first.log, "warning"));
  BOOST_TEST(requests() == 2);
  BOOST_TEST(host.Prepare(rotated).exit_code == kAllow);
  BOOST_TEST(host.Verify(rotated).exit_code == kAllow);
  BOOST_TEST(requests() == 2);
}

BOOST_AUTO_TEST_CASE(key_that_vanished_is_not_accepted_after_the_refresh) {
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  issuer.SetKeys(rotated.KeySetJson());
  // Fresh: nobody asks.
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  BOOST_TEST(requests() == 1);
  host.Age(hours(25));
  host.ForgetAttempt();
  const ChildResult result = host.Prepare();
  BOOST_TEST(result.exit_code == kBuildFailure, result.log);
  BOOST_TEST(Has(result.log, "KEY_UNKNOWN"));
  BOOST_TEST(requests() == 3);
}

BOOST_AUTO_TEST_CASE(strange_key_is_called_unknown_once_the_issuer_was_asked_twice) {
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  const ChildResult result = host.Prepare(Signer("RS256", "strange"));
  BOOST_TEST(result.exit_code == kBuildFailure, result.log);
  BOOST_TEST(Has(result.log, "KEY_UNKNOWN"));
  BOOST_TEST(requests() == 3);
}

BOOST_AUTO_TEST_CASE(first_answer_of_a_stale_edge_denies_nobody) {
  std::atomic<int> asked = 0;
  // Every other answer is an old one, as where two servers answer in turns.
  issuer.SetResponder(kKeys, [&](const std::string&, const std::string&) {
    return Answer{.body = ++asked % 2 == 1 ? host.signer.KeySetJson() : rotated.KeySetJson()};
  });
  const ChildResult cold = host.Prepare(rotated);
  BOOST_TEST(cold.exit_code == kAllow, cold.log);
  BOOST_TEST(Lacks(cold.log, "warning"));
  BOOST_TEST(asked == 2);
  BOOST_TEST(issuer.LastHeader("Cache-Control") == "no-cache");
  BOOST_TEST(host.Prepare(rotated).exit_code == kAllow);
  BOOST_TEST(asked == 2);

  host.ForgetAll();
  const ChildResult verified = host.Verify(rotated);
  BOOST_TEST(verified.exit_code == kAllow, verified.log);
  BOOST_TEST(asked == 4);

  // With an old set in the cache.
  host.ForgetAll();
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  host.ForgetAttempt();
  ++asked;
  const ChildResult stored = host.Prepare(rotated);
  BOOST_TEST(stored.exit_code == kAllow, stored.log);
  BOOST_TEST(asked == 8);
}

BOOST_AUTO_TEST_CASE(strange_key_and_an_issuer_that_is_down_is_no_verdict) {
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  issuer.SetAnswer(kKeys, Answer{.status = 503});
  const ChildResult result = host.Prepare(rotated);
  BOOST_TEST(result.exit_code == kSystemFailure, result.log);
  BOOST_TEST(
      Has(result.log, "KEYS_UNAVAILABLE: issuer \"gitlab\": no key \"rotated-key\" in the "));
  BOOST_TEST(Has(result.log, "answered 503"));
}

BOOST_AUTO_TEST_CASE(strange_keys_make_no_flood_and_an_honest_job_gets_its_rotated_key) {
  constexpr int kCooldown = 3;
  host.Configure("cooldown = \"3s\"");
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  const auto begin = steady_clock::now();
  // The cooldown is used up, and then the key is rotated.
  BOOST_TEST(host.Prepare(Signer("RS256", "strange-0")).exit_code == kBuildFailure);
  issuer.SetKeys(rotated.KeySetJson());
  std::vector<ChildOptions> calls;
  for (int i = 1; i <= 12; ++i) {
    calls.push_back(host.PrepareCall(Signer("RS256", "strange-" + std::to_string(i))));
    if (i % 6 == 0) calls.push_back(host.PrepareCall(rotated));
  }
  const auto results = AtOnce(calls);
  const auto took = std::chrono::ceil<std::chrono::seconds>(steady_clock::now() - begin).count();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool honest = i % 7 == 6;
    BOOST_TEST(results[i].exit_code == (honest ? kAllow : kBuildFailure), results[i].log);
    if (!honest) BOOST_TEST(Has(results[i].log, "KEY_UNKNOWN"));
  }
  // One to begin with, two at once, and two in each cooldown, of which a clock of whole seconds may
  // take up to a second away.
  BOOST_TEST(requests() <= 1 + 2 * (1 + took / (kCooldown - 1)));
  BOOST_TEST(requests() >= 3);
}

BOOST_AUTO_TEST_CASE(an_answer_304_renews_the_set) {
  issuer.SetKeysHeaders({{"ETag", "\"7\""}, {"Cache-Control", "max-age=7200"}, {"Age", "3600"}});
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  host.Age(hours(2));
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  BOOST_TEST(issuer.LastHeader("If-None-Match") == "\"7\"");
  BOOST_TEST(requests() == 2);
  // Fresh again, for the hour that its age leaves.
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  BOOST_TEST(requests() == 2);
  host.Age(std::chrono::minutes(61));
  host.ForgetAttempt();
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  BOOST_TEST(requests() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
