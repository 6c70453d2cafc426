// Keys in memory: who asks never waits, and the issuer is asked seldom.

#include "verifier/service/served_keys.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/support/fake_issuer.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  testing::TempFolder state;
  testing::FakeIssuer server;
  testing::Signer signer{"EdDSA", "key-1"};
  Issuer issuer;

  Fixture() {
    server.SetKeys(signer.KeySetJson());
    issuer.name = "gitlab";
    issuer.url = server.url();
    issuer.keys.url = server.keys_url();
    issuer.keys.cooldown = 1s;
  }

  int fetches() const { return server.requests(testing::FakeIssuer::kKeysPath); }
};

// Asks, and waits for keys as a request does.
Result<Keys> AskUntilAnswered(const ServedKeys& served, const Issuer& issuer,
                              const std::string& kid) {
  const auto asked_at = std::chrono::steady_clock::now();
  for (;;) {
    AskedKeys keys(served, asked_at);
    auto got = keys.Get(issuer, kid);
    if (!keys.must_wait()) return got;
    std::atomic<bool> woken = false;
    keys.Wait()([&] {
      woken = true;
      woken.notify_one();
    });
    woken.wait(false);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(served_keys)

BOOST_AUTO_TEST_CASE(known_key_is_there_after_one_fetch_and_nobody_waits_for_it) {
  const Fixture fixture;
  const ServedKeys served({fixture.issuer}, fixture.state.path());
  served.WaitForFirstLook(10s);
  for (int i = 0; i < 1000; ++i) {
    AskedKeys keys(served, std::chrono::steady_clock::now());
    BOOST_REQUIRE(bool(keys.Get(fixture.issuer, "key-1")));
    BOOST_REQUIRE(!keys.must_wait());
  }
  BOOST_TEST(fixture.fetches() == 1);
  BOOST_TEST(served.health().front().usable);
  BOOST_TEST(served.health().front().keys == 1U);
}

BOOST_AUTO_TEST_CASE(flood_of_unknown_kids_costs_two_fetches_and_honest_clients_nothing) {
  const Fixture fixture;
  const ServedKeys served({fixture.issuer}, fixture.state.path());
  served.WaitForFirstLook(10s);
  std::atomic<int> woken = 0;
  const auto asked_at = std::chrono::steady_clock::now();
  constexpr int kStrangers = 5000;
  for (int i = 0; i < kStrangers; ++i) {
    AskedKeys keys(served, asked_at);
    BOOST_REQUIRE(!keys.Get(fixture.issuer, "stranger-" + std::to_string(i)));
    BOOST_REQUIRE(keys.must_wait());
    keys.Wait()([&] { ++woken; });
    AskedKeys honest(served, std::chrono::steady_clock::now());
    BOOST_REQUIRE(bool(honest.Get(fixture.issuer, "key-1")));
  }
  const auto got = AskUntilAnswered(served, fixture.issuer, "stranger");
  BOOST_TEST((got && !got->set.Has("stranger")));
  // Those who asked before this look began have their answer. A second look may serve the rest.
  BOOST_TEST(woken == kStrangers);
  BOOST_TEST(fixture.fetches() <= 5);
  BOOST_TEST(served.health().front().unknown_kids <= 2U);
}

BOOST_AUTO_TEST_CASE(new_key_of_the_issuer_is_found_when_a_token_names_it) {
  Fixture fixture;
  const ServedKeys served({fixture.issuer}, fixture.state.path());
  served.WaitForFirstLook(10s);
  fixture.server.SetKeys(testing::Signer("EdDSA", "key-2").KeySetJson());
  const auto got = AskUntilAnswered(served, fixture.issuer, "key-2");
  BOOST_TEST((got && got->set.Has("key-2")));
}

BOOST_AUTO_TEST_CASE(issuer_that_cannot_be_reached_is_told_at_once) {
  Fixture fixture;
  fixture.server.SetAnswer(testing::FakeIssuer::kKeysPath, testing::Answer{503});
  fixture.issuer.keys.cooldown = 60s;
  const ServedKeys served({fixture.issuer}, fixture.state.path());
  served.WaitForFirstLook(10s);
  AskedKeys keys(served, std::chrono::steady_clock::now());
  const auto got = keys.Get(fixture.issuer, "key-1");
  BOOST_REQUIRE(!got);
  BOOST_TEST((got.findings().front().code == Code::kKeysUnavailable));
  BOOST_TEST(!keys.must_wait());
  BOOST_TEST(!served.health().front().usable);
}

BOOST_AUTO_TEST_SUITE_END()
