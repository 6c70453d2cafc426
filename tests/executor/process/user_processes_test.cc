// Processes of another user, which root ends.

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "executor/process/leftovers.h"
#include "tests/support/places.h"
#include "tests/support/test_users.h"

namespace jobwarden {
namespace {

// Starts the program as the user, and waits until the user has a process.
pid_t StartAs(const Identity& user, const std::string& program, const char* argument) {
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();
    if (AssumeIdentity(user) != 0) _exit(127);
    execl(program.c_str(), program.c_str(), argument, nullptr);
    _exit(127);
  }
  while (ProcessesOf(user.uid).empty()) {
    BOOST_REQUIRE(waitpid(pid, nullptr, WNOHANG) == 0);  // the program was started
    usleep(1'000);
  }
  return pid;
}

Identity IdentityOfOne(const testing::TestUsers& users) {
  return {users.uid(), 65'534, {65'534}};
}

BOOST_AUTO_TEST_SUITE(user_processes)

BOOST_AUTO_TEST_CASE(a_user_without_processes_has_nothing_to_end) {
  const testing::TestUsers users(1);
  BOOST_TEST(ProcessesOf(users.uid()).empty());
  BOOST_TEST(bool(EndProcessesOf(IdentityOfOne(users))));
}

BOOST_AUTO_TEST_CASE(a_process_is_told_by_pid_name_and_state) {
  const testing::TestUsers users(1);
  const pid_t pid = StartAs(IdentityOfOne(users), "/bin/sleep", "100");
  std::vector<LeftProcess> found;
  do {
    found = ProcessesOf(users.uid());
  } while (found.empty() || found[0].name != "sleep" || found[0].state != 'S');
  BOOST_TEST(ProcessText(found) == std::to_string(pid) + " (\"sleep\", state S)");
  BOOST_TEST(bool(EndProcessesOf(IdentityOfOne(users))));
  BOOST_TEST(ProcessesOf(users.uid()).empty());
  waitpid(pid, nullptr, 0);
}

BOOST_AUTO_TEST_CASE(a_process_whose_first_thread_has_ended_is_found_and_ended) {
  const testing::TestUsers users(1);
  const pid_t pid = StartAs(IdentityOfOne(users), testing::Program("unruly_process"), "headless");
  usleep(50'000);
  BOOST_TEST(ProcessesOf(users.uid()).size() == 1U);
  BOOST_TEST(bool(EndProcessesOf(IdentityOfOne(users))));
  BOOST_TEST(ProcessesOf(users.uid()).empty());
  waitpid(pid, nullptr, 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
