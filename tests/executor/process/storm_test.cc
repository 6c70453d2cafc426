// Processes that start others faster than anybody can look for them. They are played where the
// processes of this machine are out of their killer's sight and reach.

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <chrono>
#include <string>

#include "executor/process/leftovers.h"
#include "tests/executor/process/stage_driver.h"
#include "tests/support/has.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_users.h"

namespace jobwarden {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

int ExitStatusOf(pid_t child) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(-1, &status, 0);
  } while (ended != child && (ended > 0 || errno == EINTR));
  return WIFEXITED(status) ? WEXITSTATUS(status) : kNotStarted;
}

// Goes on in a space of process ids of its own, all of which end with it.
void EnterOwnSpace() {
  if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) _exit(kNotStarted);
  const pid_t first = fork();
  if (first != 0) _exit(ExitStatusOf(first));
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("proc", "/proc", "proc", 0, nullptr) != 0) {
    _exit(kNotStarted);
  }
  // The first one reaps what comes to it.
  const pid_t second = fork();
  if (second != 0) _exit(ExitStatusOf(second));
}

Ended RunInOwnSpace(const std::string& script) {
  return StageDriver([&] { return Bash(script); }, EnterOwnSpace).Wait();
}

// Whether all processes of a user end, one of which is this program, within two minutes.
bool EndsAll(const std::string& command) {
  const TestUsers users(1);
  const Identity user{users.uid(), 65'534, {65'534}};
  const pid_t test = fork();
  if (test == 0) {
    EnterOwnSpace();
    if (fork() == 0) {
      setsid();
      if (AssumeIdentity(user) == 0) execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      _exit(1);
    }
    alarm(120);
    while (ProcessesOf(user.uid).empty()) usleep(1'000);
    usleep(100'000);
    _exit(EndProcessesOf(user) && ProcessesOf(user.uid).empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(test, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class GoOn {
 public:
  GoOn() { chmod(folder_.path().c_str(), 0755); }
  const std::string& path() const { return path_; }

 private:
  TempFolder folder_;
  std::string path_ = folder_.Write("go_on", "");
};

BOOST_AUTO_TEST_SUITE(storm)

BOOST_AUTO_TEST_CASE(one_in_a_process_group_is_ended) {
  const GoOn go_on;
  const Ended ended =
      RunInOwnSpace(Program("unruly_process") + " storm 8 " + go_on.path() + "; exit 7");
  BOOST_TEST(ended.status == 7);
  BOOST_TEST(ended.err == "");
}

// Where each process is in a session of its own, its killer may lose.
BOOST_AUTO_TEST_CASE(one_does_not_hold_the_stage_up_and_what_is_left_of_it_is_told) {
  const GoOn go_on;
  const auto begin = std::chrono::steady_clock::now();
  const Ended ended =
      RunInOwnSpace(Program("unruly_process") + " split 8 " + go_on.path() + "; exit 7");
  BOOST_TEST(((std::chrono::steady_clock::now() - begin) < std::chrono::seconds(120)));
  BOOST_TEST(ended.status == 7);
  if (!ended.err.empty()) BOOST_TEST(Has(ended.err, "processes of this stage go on after it: "));
}

BOOST_AUTO_TEST_CASE(one_of_a_user_is_ended) {
  const GoOn go_on;
  BOOST_TEST(EndsAll(Program("unruly_process") + " split 8 " + go_on.path()));
}

// It stops also the process that is to kill it, which nobody waits for without an end.
BOOST_AUTO_TEST_CASE(a_process_of_a_user_that_stops_all_others_is_ended) {
  BOOST_TEST(EndsAll(Program("unruly_process") + " stopping"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
