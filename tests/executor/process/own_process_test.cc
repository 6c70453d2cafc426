#include "executor/process/own_process.h"

#include <signal.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <new>
#include <string>

using namespace jobwarden;

namespace {

int Nobody() {
  return 0;
}

std::string Text(const Status& status) {
  if (status) return "fine";
  const Finding& finding = status.findings().front();
  return std::string(CodeName(finding.code)) + ": " + finding.message + " | " + finding.hint;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(own_process)

BOOST_AUTO_TEST_CASE(the_work_is_done_by_another_process) {
  const pid_t ours = getpid();
  int changed = 0;
  const Status status = InOwnProcess(Nobody, [&]() -> Status {
    changed = 1;
    return getpid() == ours ? Status(Finding{Code::kDriverFailed, "ours"}) : Ok();
  });
  BOOST_TEST(Text(status) == "fine");
  BOOST_TEST(changed == 0);
}

BOOST_AUTO_TEST_CASE(a_finding_comes_back) {
  const std::string message(100'000, 'm');
  BOOST_TEST(Text(InOwnProcess(Nobody, [&]() -> Status {
               return Finding{Code::kStateUnwritable, message, "hint"};
             })) == "STATE_UNWRITABLE: " + message + " | hint");
}

BOOST_AUTO_TEST_CASE(what_cannot_become_what_it_should_does_nothing) {
  BOOST_TEST(Text(InOwnProcess([] { return EPERM; }, []() -> Status { return Ok(); })) ==
             "DRIVER_FAILED: a process of the driver: Operation not permitted | ");
}

BOOST_AUTO_TEST_CASE(a_process_that_dies_is_a_failure) {
  const std::string failed = "DRIVER_FAILED: a process of the driver: ";
  BOOST_TEST(Text(InOwnProcess(Nobody, []() -> Status { _exit(0); })) ==
             failed + "it ended before its work was done | ");
  BOOST_TEST(Text(InOwnProcess(Nobody, []() -> Status {
               kill(getpid(), SIGKILL);
               return Ok();
             })) == failed + "it ended before its work was done | ");
  BOOST_TEST(Text(InOwnProcess(Nobody, []() -> Status { throw std::bad_alloc(); })) ==
             failed + "out of memory | ");
}

BOOST_AUTO_TEST_SUITE_END()
