// Processes that cannot be killed: they are told, and not waited for.

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <string>

#include "executor/process/leftovers.h"
#include "executor/process/own_process.h"
#include "tests/executor/process/stage_driver.h"
#include "tests/support/dead_mount.h"
#include "tests/support/has.h"
#include "tests/support/test_users.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

// Starts a process of the user's that asks the file system, and is blocked once it is killed.
pid_t AskAs(const Identity& user, const DeadMount& dead) {
  const std::string file = dead.path() + "/file";
  const pid_t pid = fork();
  if (pid == 0) {
    if (AssumeIdentity(user) != 0) _exit(127);
    execl("/bin/cat", "cat", file.c_str(), nullptr);
    _exit(127);
  }
  dead.Take();
  return pid;
}

BOOST_AUTO_TEST_SUITE(blocked_process)

BOOST_AUTO_TEST_CASE(a_blocked_process_of_a_user_is_told_and_not_waited_for) {
  const TestUsers users(1);
  const Identity user{users.uid(), 65'534, {}};
  DeadMount dead;
  const pid_t pid = AskAs(user, dead);
  const auto begin = std::chrono::steady_clock::now();
  const Status ended = EndProcessesOf(user);
  BOOST_TEST(((std::chrono::steady_clock::now() - begin) < std::chrono::seconds(60)));
  BOOST_REQUIRE(!ended);
  BOOST_TEST(CodeName(ended.findings()[0].code) == "DRIVER_FAILED");
  BOOST_TEST(Has(ended.findings()[0].message, std::to_string(pid) + " (\"cat\", state D)"));
  const auto left = ProcessesOf(user.uid);
  BOOST_REQUIRE_EQUAL(left.size(), 1U);
  BOOST_TEST(left[0].pid == pid);
  BOOST_TEST(left[0].state == kBlocked);

  dead.Release();
  BOOST_TEST(bool(EndProcessesOf(user)));
  waitpid(pid, nullptr, 0);
}

BOOST_AUTO_TEST_CASE(work_that_is_blocked_is_given_up) {
  DeadMount dead;
  const std::string file = dead.path() + "/file";
  const Status status = InOwnProcess([] { return 0; },
                                     [&] {
                                       (void)access(file.c_str(), F_OK);
                                       return Ok();
                                     });
  BOOST_REQUIRE(!status);
  BOOST_TEST(CodeName(status.findings()[0].code) == "DRIVER_FAILED");
  BOOST_TEST(Has(status.findings()[0].message, "did not end in time"));
  dead.Release();
  waitpid(-1, nullptr, 0);
}

BOOST_AUTO_TEST_CASE(a_stage_that_leaves_a_blocked_process_ends_and_tells_it) {
  DeadMount dead;
  const auto begin = std::chrono::steady_clock::now();
  StageDriver driver("setsid cat " + dead.path() + "/file & printf %8d $!; read -t 300 <> <(:)");
  const std::string pid = driver.Read(8);
  dead.Take();
  kill(driver.pid(), SIGTERM);
  const Ended ended = driver.Wait();
  BOOST_TEST(((std::chrono::steady_clock::now() - begin) < std::chrono::seconds(60)));
  BOOST_TEST(ended.status == 128 + SIGTERM);
  BOOST_TEST(ended.err == "jobwarden: warning: processes of this stage go on after it: " +
                              std::to_string(std::stoi(pid)) + " (\"cat\", state D)\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
