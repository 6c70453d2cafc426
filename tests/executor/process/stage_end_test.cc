// How a stage ends: nothing that it started goes on after it. Storms are in storm_test.cc.

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/executor/process/stage_driver.h"
#include "tests/support/places.h"

namespace jobwarden {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

BOOST_AUTO_TEST_SUITE(stage_end)

BOOST_AUTO_TEST_CASE(a_background_process_that_holds_the_output_open_does_not_hold_the_stage_up) {
  const Ended ended = Run("sleep 300 & echo $!");
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(!Lives(ended.out));
}

BOOST_AUTO_TEST_CASE(one_in_a_session_of_its_own_is_ended_too) {
  const Ended ended =
      RunBeside("setsid bash -c 'echo $$; flag; exec sleep 300'", "echo the script ended");
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.out.ends_with("the script ended\n"));
  BOOST_TEST(!Lives(ended.out));
}

BOOST_AUTO_TEST_CASE(one_that_nobody_waits_for_and_that_ignores_sigterm_is_ended_too) {
  const Ended ended = RunBeside(
      "(setsid setsid env -i TMPDIR=/elsewhere bash -c "
      "\"trap '' TERM; echo \\$\\$; : >$file; while :; do sleep 300; done\" & exit 0)",
      "");
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(!Lives(ended.out));
}

// Each starts but one other, and ends: many at once would be a burden for the whole machine.
BOOST_AUTO_TEST_CASE(those_that_keep_starting_others_are_ended) {
  const Ended ended = RunBeside(
      "setsid bash -c 'trap \"\" TERM; again() { echo $BASHPID; sleep 0.01; again & }; "
      "again & again & again & flag; wait'",
      "sleep 0.1");
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(!ended.out.empty());
  for (std::size_t at = 0; at < ended.out.size(); at = ended.out.find('\n', at) + 1) {
    BOOST_TEST(!Lives(ended.out.substr(at)));
  }
}

BOOST_AUTO_TEST_CASE(a_background_process_that_ignores_sigterm_is_killed) {
  const Ended ended = RunBeside("(trap '' TERM; flag; while :; do sleep 300; done)", "echo $!");
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(!Lives(ended.out));
}

BOOST_AUTO_TEST_CASE(what_still_has_to_write_the_scripts_output_may_do_so) {
  // On a busy machine such a process may not come to its turn within the grace time.
  bool passed_on = false;
  for (int tries = 0; tries < 10 && !passed_on; ++tries) {
    const Ended ended = Run("exec > >(sleep 0.05; exec cat); echo the last line");
    passed_on = ended.out == "the last line\n";
  }
  BOOST_TEST(passed_on);
}

BOOST_AUTO_TEST_CASE(what_a_background_process_writes_when_it_is_ended_is_passed_on) {
  const Ended ended =
      RunBeside("(trap 'echo bye; exit' TERM; flag; while :; do sleep 0.01; done)", "echo first");
  BOOST_TEST(ended.out == "first\nbye\n");
}

BOOST_AUTO_TEST_CASE(a_stopped_process_is_ended) {
  const Ended ended = RunBeside("setsid bash -c 'echo $$; flag; kill -STOP $$; sleep 300'", "");
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(!Lives(ended.out));
}

// The kernel shows it as a zombie, and it runs.
BOOST_AUTO_TEST_CASE(a_process_whose_first_thread_has_ended_is_ended) {
  const Ended ended = Run("setsid " + Program("unruly_process") + " headless & echo $!; sleep 0.1");
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(!Lives(ended.out));
  BOOST_TEST(ended.err == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
