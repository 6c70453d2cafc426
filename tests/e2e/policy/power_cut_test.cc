// The power goes while a policy is pulled: after each system call, whatever of the changes that are
// not certain yet has come to the disk, a whole policy is in force.

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/policy/policy_host.h"
#include "tests/e2e/policy/worst_disk.h"
#include "verifier/config/stored_policy.h"

using namespace jobwarden::testing;

namespace {

struct Fixture : PolicyHost {
  // The serial of the whole policy to which the link leads; 0 if there is no link, -1 if it leads
  // to anything else.
  static int SerialOn(const WorstDisk::Tree& disk) {
    const auto link = disk.find("policy/current");
    if (link == disk.end()) return 0;
    const std::string version = "policy/" + link->second.substr(3);
    const auto text = [&](const std::string& path) {
      const auto found = disk.find(version + "/" + path);
      return found == disk.end() ? "" : found->second;
    };
    const auto note = nlohmann::json::parse(text("pulled.json"), nullptr, false);
    const bool whole = note.is_object() && text("rules.d/fleet.toml") == kRules &&
                       text("tests/fleet.test.toml") == kTests &&
                       text("rules.sha256") == jobwarden::RuleSums({{"fleet.toml", kRules}});
    return whole ? note.value("serial", -1) : -1;
  }

  // Watches a pull of the policy with the serial `next` where `before` may be in force: the power
  // goes after each call.
  void PullWatched(WorstDisk disk, const std::set<int>& before, int next) {
    SignAndPublish(std::to_string(next));
    std::set<int> good = before;
    good.insert(next);
    int calls = 0;
    const auto look = [&](const std::string& after) {
      for (const WorstDisk::Tree& each : disk.Possible()) {
        if (!good.contains(SerialOn(each))) BOOST_ERROR("no whole policy after " + after);
      }
    };
    const int exit_code = Watch(PullCall(), [&](const SystemCall& call) {
      disk.See(call);
      look("call " + std::to_string(++calls));
    });
    BOOST_TEST(exit_code == kAllow);
    BOOST_TEST(calls > 15);
    // Who was told that the policy is in force is told the truth.
    good = {next};
    look("the end");
  }
  WorstDisk Disk() const { return WorstDisk(folder / "state"); }
};

// jobwarden hides its memory, in which the paths are, from all others.
boost::test_tools::assertion_result IsRoot(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(geteuid() == 0);
  result.message() << "only root can watch jobwarden";
  return result;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(power_cut, Fixture, *boost::unit_test::precondition(IsRoot))

BOOST_AUTO_TEST_CASE(first_pull) {
  std::filesystem::create_directory(folder / "state");
  PullWatched(Disk(), {0}, 1);
}

BOOST_AUTO_TEST_CASE(pull_that_replaces_a_policy_and_removes_the_one_before) {
  for (const char* serial : {"1", "2"}) {
    SignAndPublish(serial);
    BOOST_TEST_REQUIRE(Pull().exit_code == kAllow);
  }
  PullWatched(Disk(), {2}, 3);
  for (const auto& entry : std::filesystem::directory_iterator(store())) {
    BOOST_TEST(!entry.path().filename().string().starts_with("1-"));
  }
}

// The pull before was killed after it moved the link and before it said so to the disk.
BOOST_AUTO_TEST_CASE(pull_after_one_that_was_killed) {
  SignAndPublish("1");
  BOOST_TEST_REQUIRE(Pull().exit_code == kAllow);
  const std::string first = InForce();
  SignAndPublish("2");
  BOOST_TEST_REQUIRE(Pull().exit_code == kAllow);
  const std::string second = InForce();
  const std::string link = store() + "/current";
  const auto point = [&](const std::string& target) {
    std::filesystem::remove(link);
    std::filesystem::create_symlink(target, link);
  };
  point(first);
  WorstDisk disk = Disk();
  point(second);
  disk.MoveLink("policy/current", second);
  PullWatched(std::move(disk), {1, 2}, 3);
}

BOOST_AUTO_TEST_CASE(pull_that_finds_nothing_new) {
  SignAndPublish("1");
  BOOST_TEST_REQUIRE(Pull().exit_code == kAllow);
  WorstDisk disk = Disk();
  const int exit_code = Watch(PullCall(), [&](const SystemCall& call) {
    disk.See(call);
    for (const WorstDisk::Tree& each : disk.Possible()) BOOST_TEST(SerialOn(each) == 1);
  });
  BOOST_TEST(exit_code == kAllow);
}

BOOST_AUTO_TEST_SUITE_END()
