// Programs that are killed while they hold a lock, ask, or write: nobody is held up, and no file is
// torn.

#include <signal.h>
#include <thread>

#include "tests/e2e/keys/keys_host.h"
#include "tests/e2e/killed_program.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;
using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

constexpr const char* kKeys = FakeIssuer::kKeysPath;

struct Fixture {
  FakeIssuer issuer;
  KeysHost host{issuer.url(), "timeout = \"60s\""};
  Signer other{"RS256", "other-key"};

  Fixture() { issuer.SetKeys(host.signer.KeySetJson()); }

  ChildOptions RefreshCall() const {
    ChildOptions call;
    call.command = {host.programs + "/jobwarden", "keys", "refresh", "--config",
                    host.folder / "jobwarden.toml"};
    return call;
  }

  // Names in the cache's folder that do not belong there.
  std::vector<std::string> Strange() const {
    std::vector<std::string> strange;
    for (const auto& entry : std::filesystem::directory_iterator(host.folder / "state/keys")) {
      const std::string name = entry.path().filename();
      if (name != "gitlab.json" && !name.ends_with(".lock")) strange.push_back(name);
    }
    return strange;
  }

  void WaitForRequest() const {
    while (issuer.requests(kKeys) == 0) std::this_thread::sleep_for(milliseconds(2));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(killed, Fixture)

BOOST_AUTO_TEST_CASE(refresh_killed_at_each_of_its_steps) {
  BOOST_TEST_REQUIRE(host.Refresh().exit_code == kAllow);
  bool any_left_behind = false;
  int steps = 0;
  for (bool more = true; more; ++steps) {
    const Signer& served = steps % 2 == 0 ? other : host.signer;
    const Signer& before = steps % 2 == 0 ? host.signer : other;
    issuer.SetKeys(served.KeySetJson());
    more = KilledAt(RefreshCall(), steps + 1);
    BOOST_TEST_CONTEXT("killed before step " << steps + 1) {
      const auto kids = host.StoredKids();
      BOOST_TEST_REQUIRE(kids.size() == 1U);
      BOOST_TEST((kids.front() == served.kid() || kids.front() == before.kid()));
      any_left_behind = any_left_behind || !Strange().empty();
      const ChildResult next = host.Refresh();
      BOOST_TEST(next.exit_code == kAllow, next.log);
      BOOST_TEST(host.StoredKids() == std::vector<std::string>{served.kid()});
      BOOST_TEST(Strange().empty());
    }
  }
  // Else the steps were not those that matter.
  BOOST_TEST(any_left_behind);
  BOOST_TEST(steps > 8);
}

BOOST_AUTO_TEST_CASE(prepare_killed_at_each_of_its_steps) {
  BOOST_TEST_REQUIRE(host.Refresh().exit_code == kAllow);
  int steps = 0;
  for (bool more = true; more; ++steps) {
    host.Age(hours(25));
    more = KilledAt(host.PrepareCall(host.signer), steps + 1);
    BOOST_TEST_CONTEXT("killed before step " << steps + 1) {
      const ChildResult next = host.Prepare();
      BOOST_TEST(next.exit_code == kAllow, next.log);
      BOOST_TEST(Lacks(next.log, "warning"));
      BOOST_TEST(host.StoredKids().size() == 1U);
    }
  }
  BOOST_TEST(steps > 8);
}

BOOST_AUTO_TEST_CASE(refresh_killed_in_the_middle_of_a_write) {
  BOOST_TEST_REQUIRE(host.Refresh().exit_code == kAllow);
  const std::string stored = host.stored();
  for (const char* bytes : {"0", "1", "100"}) {
    host.as = {"/usr/bin/prlimit", std::string("--fsize=") + bytes};
    const ChildResult torn = host.Refresh();
    host.as.clear();
    BOOST_TEST(torn.exit_code == 128 + SIGXFSZ, torn.log);
    BOOST_TEST(host.stored() == stored);
    BOOST_TEST(Strange().size() == 1U);
    BOOST_TEST(host.Prepare().exit_code == kAllow);
  }
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  BOOST_TEST(Strange().empty());
}

BOOST_AUTO_TEST_CASE(refresh_killed_while_it_asks_holds_nobody_up) {
  issuer.SetAnswer(kKeys, Answer{.delay = std::chrono::minutes(5)});
  const pid_t pid = Start(RefreshCall(), false);
  WaitForRequest();
  End(pid);
  issuer.SetAnswer(kKeys, std::nullopt);
  const ChildResult next = host.Refresh();
  BOOST_TEST(next.exit_code == kAllow, next.log);
}

BOOST_AUTO_TEST_CASE(job_killed_with_all_its_processes_holds_nobody_up) {
  issuer.SetAnswer(kKeys, Answer{.delay = std::chrono::minutes(5)});
  const pid_t pid = Start(host.PrepareCall(host.signer), false);
  WaitForRequest();
  kill(-pid, SIGKILL);
  End(pid);
  issuer.SetAnswer(kKeys, std::nullopt);
  const ChildResult next = host.Prepare();
  BOOST_TEST(next.exit_code == kAllow, next.log);
  BOOST_TEST(issuer.requests(kKeys) == 2);
}

BOOST_AUTO_TEST_CASE(job_killed_alone_leaves_a_fetch_that_ends_by_itself) {
  issuer.SetAnswer(kKeys, Answer{.delay = std::chrono::minutes(5)});
  const pid_t pid = Start(host.PrepareCall(host.signer), false);
  WaitForRequest();
  End(pid);
  issuer.SetAnswer(kKeys, std::nullopt);
  issuer.BreakOff();
  const ChildResult next = host.Prepare();
  BOOST_TEST(next.exit_code == kAllow, next.log);
}

BOOST_AUTO_TEST_SUITE_END()
