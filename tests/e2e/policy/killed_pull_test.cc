// `policy pull` that ends at each of its steps, by a signal or by a full disk: a whole policy is in
// force, the old one or the new one.

#include <sys/wait.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/e2e/killed_program.h"
#include "tests/e2e/policy/policy_host.h"

using namespace jobwarden::testing;

namespace {

// What a process that was killed had written stays, so the suite need not wait for a disk.
struct InMemory {
  InMemory() { setenv("TMPDIR", "/dev/shm", 0); }
};
struct Fixture : InMemory, PolicyHost {};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(killed_pull, Fixture)

BOOST_AUTO_TEST_CASE(pull_killed_at_each_of_its_steps) {
  SignAndPublish("1");
  BOOST_TEST_REQUIRE(Pull().exit_code == kAllow);
  int steps = 0;
  bool any_left_behind = false;
  for (bool more = true; more; ++steps) {
    const std::string before = InForce();
    SignAndPublish(std::to_string(steps + 2));
    more = KilledAt(PullCall(), steps + 1);
    BOOST_TEST_CONTEXT("killed before step " << steps + 1) {
      const std::string serial = InForce().substr(0, InForce().find('-'));
      const bool is_new = serial == std::to_string(steps + 2);
      BOOST_TEST((is_new || InForce() == before));
      const std::string version = store() + "/" + InForce();
      BOOST_TEST(Slurp(version + "/rules.d/fleet.toml") == kRules);
      BOOST_TEST(Slurp(version + "/tests/fleet.test.toml") == kTests);
      const auto note = nlohmann::json::parse(Slurp(version + "/pulled.json"), nullptr, false);
      BOOST_TEST(!note.is_discarded());
      BOOST_TEST(std::to_string(note.value("serial", 0)) == serial);
      for (const auto& entry : std::filesystem::directory_iterator(store())) {
        any_left_behind = any_left_behind || entry.path().filename().string().starts_with("new-");
      }
      const ChildResult next = Pull();
      BOOST_TEST(next.exit_code == kAllow, next.log);
      BOOST_TEST(InForce().starts_with(std::to_string(steps + 2) + "-"));
    }
  }
  // Else the steps were not those that matter.
  BOOST_TEST(any_left_behind);
  BOOST_TEST(steps > 15);
  BOOST_TEST(Verify().exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(pull_whose_write_fails_leaves_the_policy_in_force) {
  SignAndPublish("1");
  BOOST_TEST_REQUIRE(Pull().exit_code == kAllow);
  const std::string before = InForce();
  SignAndPublish("2");
  ChildOptions call = PullCall();
  // SIGXFSZ is ignored, so that the write fails as on a full disk.
  call.command.insert(call.command.begin(),
                      {"/bin/sh", "-c", "trap '' XFSZ; exec prlimit --fsize=60 \"$@\"", "sh"});
  const ChildResult result = RunChild(call);
  BOOST_TEST(result.exit_code == kError, result.log);
  BOOST_TEST(Has(result.err, "STATE_UNWRITABLE: "));
  BOOST_TEST(InForce() == before);
  BOOST_TEST(Verify().exit_code == kAllow);
  // What it had written is gone.
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(store()), {}) == 3);
  BOOST_TEST(Pull().exit_code == kAllow);
  BOOST_TEST(InForce().starts_with("2-"));
}

#ifndef __SANITIZE_ADDRESS__  // whose own calls would be among the steps
BOOST_AUTO_TEST_CASE(pull_whose_disk_is_full_at_each_of_its_steps) {
  SignAndPublish("1");
  BOOST_TEST_REQUIRE(Pull().exit_code == kAllow);
  int failures = 0;
  std::string next = "1";
  for (int step = 1;; ++step) {
    const std::string before = InForce();
    if (before.starts_with(next + "-")) {
      next = std::to_string(step + 1);
      SignAndPublish(next);
    }
    const int exit_code = ExitCodeIfFullAt(PullCall(), step);
    if (exit_code < 0) break;
    BOOST_TEST_CONTEXT("full at step " << step) {
      BOOST_TEST((exit_code == kError || exit_code == kAllow));
      failures += exit_code == kError ? 1 : 0;
      const bool is_new = InForce().starts_with(next + "-");
      BOOST_TEST((is_new || InForce() == before));
      BOOST_TEST((is_new || exit_code == kError));
      BOOST_TEST(Slurp(store() + "/" + InForce() + "/rules.d/fleet.toml") == kRules);
      for (const auto& entry : std::filesystem::directory_iterator(store())) {
        BOOST_TEST(!entry.path().filename().string().starts_with("new-"));
      }
    }
  }
  BOOST_TEST(failures > 15);
  BOOST_TEST(Verify().exit_code == kAllow);
  BOOST_TEST(Pull().exit_code == kAllow);
}
#endif

BOOST_AUTO_TEST_CASE(two_pulls_at_once_are_one_after_the_other) {
  SignAndPublish("1");
  const pid_t first = Start(PullCall(), false);
  const pid_t second = Start(PullCall(), false);
  for (const pid_t pid : {first, second}) {
    int status = 0;
    waitpid(pid, &status, 0);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == kAllow);
  }
  // The second one found the policy of the first.
  BOOST_TEST(server.requests("/policy.tar.gz") == 2);
  BOOST_TEST(server.requests("/policy.tar.gz.minisig") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
