// Issuers that take their time: the whole fetch obeys `timeout`.

#include <thread>

#include "tests/e2e/keys/fault.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/raw_server.h"

using namespace jobwarden::testing;
using Poco::Net::Socket;
using std::chrono::milliseconds;

namespace {

constexpr const char* kKeys = FakeIssuer::kKeysPath;

struct Fixture {
  FakeIssuer issuer;
  KeysHost host{issuer.url(), "timeout = \"1s\""};

  void Answers(const Answer& answer) {
    const auto spoil = [&] { issuer.SetAnswer(kKeys, answer); };
    const auto mend = [&] {
      issuer.SetAnswer(kKeys, std::nullopt);
      issuer.SetKeys(host.signer.KeySetJson());
    };
    spoil();
    PlaySlowFault(host,
                  {"\"" + issuer.keys_url() + "\": no whole answer within 1 s",
                   [&] { return issuer.requests(); }, 2},
                  spoil, mend);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(slow, Fixture)

BOOST_AUTO_TEST_CASE(answer_that_never_comes) {
  Answers({.delay = std::chrono::minutes(5)});
}

BOOST_AUTO_TEST_CASE(body_that_drips) {
  // Each byte comes long before any time-out of a single read.
  Answers({.body = std::string(10'000, ' '), .drip_pause = milliseconds(100)});
}

BOOST_AUTO_TEST_CASE(handshake_that_never_ends) {
  std::atomic<int> connections = 0;
  const RawServer silent([&](Poco::Net::StreamSocket& socket, const RawServer& self) {
    ++connections;
    while (!self.stopping() && !socket.poll(Poco::Timespan(0, 20'000), Socket::SELECT_ERROR)) {
    }
  });
  const std::string place = "https://localhost:" + std::to_string(silent.port()) + "/keys";
  issuer.SetDiscovery(R"({"issuer":")" + issuer.url() + R"(","jwks_uri":")" + place + R"("})");
  const ChildResult result = host.Refresh();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "\"" + place + "\": no whole answer within 1 s"));
  BOOST_TEST(connections == 1);
}

BOOST_AUTO_TEST_CASE(issuer_that_hangs_holds_up_nobody_who_needs_another) {
  issuer.SetAnswer(FakeIssuer::kDiscoveryPath, Answer{.delay = std::chrono::minutes(5)});
  FakeIssuer good;
  good.SetKeys(host.signer.KeySetJson());
  host.more_config = "[[issuer]]\nname = \"good\"\nprovider = \"gitlab\"\nurl = \"" + good.url() +
                     "\"\naudience = \"" + kRunnerAudience + "\"\n";
  host.allowed = "good";
  host.Configure("timeout = \"60s\"");
  ChildResult held;
  std::atomic<bool> ended = false;
  std::thread waiting([&] {
    ChildOptions refresh;
    refresh.command = {
        host.programs + "/jobwarden",  "keys", "refresh", "--issuer", "gitlab", "--config",
        host.folder / "jobwarden.toml"};
    held = RunChild(refresh);
    ended = true;
  });
  while (issuer.requests() == 0 && !ended) std::this_thread::sleep_for(milliseconds(5));
  host.url = good.url();
  const ChildResult result = host.Prepare();
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(Lacks(result.log, "warning"));
  // The one that hangs is hanging still: it has not given up, and was not asked again.
  BOOST_TEST(issuer.requests() == 1);
  issuer.SetAnswer(FakeIssuer::kDiscoveryPath, std::nullopt);
  issuer.BreakOff();
  waiting.join();
  BOOST_TEST(held.exit_code == kError, held.log);
}

BOOST_AUTO_TEST_SUITE_END()
