// Many runners and one static server: what each asks for, and how much.

#include <cstdlib>

#include "tests/e2e/policy/policy_host.h"
#include "tests/support/counting_server.h"
#include "verifier/bundle/pull.h"

using namespace jobwarden::testing;

BOOST_FIXTURE_TEST_SUITE(clients, PolicyHost)

BOOST_AUTO_TEST_CASE(two_hundred_runners_ask_once_each_when_nothing_has_changed) {
  constexpr std::size_t kClients = 200;
  constexpr std::size_t kMost = 1024;
  SignAndPublish("1");
  CountingServer files({{"/policy.tar.gz", Slurp(folder / "policy.tar.gz")},
                        {"/policy.tar.gz.minisig", Slurp(folder / "policy.tar.gz.minisig")}});
  const std::vector<jobwarden::ConfigFile> own{{config(), Slurp(config())}};
  const auto parsed = jobwarden::ParseConfig(own);
  BOOST_TEST_REQUIRE(static_cast<bool>(parsed));
  const std::chrono::sys_seconds now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  // In memory, because runners have disks of their own, and here all would wait for one.
  setenv("TMPDIR", "/dev/shm", 0);
  const TempFolder states;
  const auto pull = [&](std::size_t client) {
    jobwarden::Config machine = *parsed;
    machine.state_dir = states / std::to_string(client);
    return jobwarden::PullPolicy(machine, own, files.url("/policy.tar.gz"), now);
  };
  for (std::size_t i = 0; i < kClients; ++i) {
    const auto pulled = pull(i);
    BOOST_TEST_REQUIRE(static_cast<bool>(pulled));
    BOOST_TEST(pulled->is_new);
  }
  BOOST_TEST(files.requests == 2 * kClients);
  files.Reset();
  for (std::size_t i = 0; i < kClients; ++i) {
    const auto pulled = pull(i);
    BOOST_TEST_REQUIRE(static_cast<bool>(pulled));
    BOOST_TEST(!pulled->is_new);
  }
  BOOST_TEST(files.requests == kClients);
  BOOST_TEST((files.received + files.sent) / kClients <= kMost);
  BOOST_TEST_MESSAGE("unchanged, per runner: " << files.received / kClients << " bytes there, "
                                               << files.sent / kClients << " bytes back");
}

BOOST_AUTO_TEST_SUITE_END()
