#include "executor/process/left_process.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>
#include <vector>

#include "verifier/os/process_stat.h"

using namespace jobwarden;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(left_process)

BOOST_AUTO_TEST_CASE(of_many_processes_some_are_named) {
  std::vector<LeftProcess> many;
  for (pid_t pid = 1; pid <= 10; ++pid) many.push_back({pid, "x\n", 'R'});
  const std::string text = ProcessText(many);
  BOOST_TEST(text.starts_with("1 (\"x\\n\", state R), 2 (\"x\\n\", state R), 3 ("));
  BOOST_TEST(text.ends_with("8 (\"x\\n\", state R) and 2 more"));
  BOOST_TEST(ProcessText({}) == "some that start others faster than they are found");
}

BOOST_AUTO_TEST_CASE(patience_ends_with_the_time) {
  KillPatience none(milliseconds(0));
  BOOST_TEST(none.IsOver({{1, "x", 'S'}}));
  KillPatience much(milliseconds(600'000));
  BOOST_TEST(!much.IsOver({{1, "x", 'S'}}));
}

// Where time is not what passes: each round may be short, or the clock may stand still.
BOOST_AUTO_TEST_CASE(patience_ends_with_the_rounds) {
  KillPatience patience(milliseconds(600'000));
  int rounds = 1;
  while (!patience.IsOver({{1, "x", 'S'}})) ++rounds;
  BOOST_TEST(rounds == 10'000);
}

BOOST_AUTO_TEST_CASE(blocked_processes_are_waited_for_until_it_is_sure_that_they_are) {
  KillPatience patience(milliseconds(600'000));
  const std::vector<LeftProcess> blocked{{1, "x", kBlocked}, {2, "y", kBlocked}};
  BOOST_TEST(!patience.IsOver(blocked));
  std::this_thread::sleep_for(milliseconds(1'000));
  // One of them only read from a disk.
  BOOST_TEST(!patience.IsOver({{1, "x", kBlocked}, {2, "y", 'R'}}));
  BOOST_TEST(!patience.IsOver(blocked));
  std::this_thread::sleep_for(milliseconds(1'000));
  BOOST_TEST(patience.IsOver(blocked));
}

BOOST_AUTO_TEST_SUITE_END()
