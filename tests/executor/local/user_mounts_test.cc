// FUSE file systems that a job's user left, with processes that wait for them. For root.

#include "executor/local/user_mounts.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "executor/process/leftovers.h"
#include "tests/support/dead_mount.h"
#include "tests/support/test_users.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using testing::DeadMount;
using testing::TestUsers;

User UserOf(const TestUsers& users) {
  return {users.name(), users.uid(), 65'534, "/", "/bin/sh"};
}

// A process of the user that waits for the file system, and takes no signal.
pid_t Blocked(const User& user, const DeadMount& dead) {
  const std::string file = dead.path() + "/file";
  const pid_t pid = fork();
  if (pid == 0) {
    if (AssumeIdentity({user.uid, user.gid, {}, {}}) != 0) _exit(127);
    execl("/bin/cat", "cat", file.c_str(), nullptr);
    _exit(127);
  }
  dead.Take();
  return pid;
}

bool IsMounted(const std::string& path) {
  const auto mounts = ReadFile("/proc/self/mountinfo", 1U << 20U, Code::kDriverFailed, "mounts");
  BOOST_REQUIRE(mounts);
  return mounts->find(' ' + path + ' ') != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(user_mounts)

BOOST_AUTO_TEST_CASE(file_system_of_the_user_ends_and_so_does_what_waits_for_it) {
  const TestUsers users(1);
  const User user = UserOf(users);
  const DeadMount dead(user.uid);
  const pid_t pid = Blocked(user, dead);
  BOOST_TEST(!EndProcessesOf({user.uid, user.gid, {}, {}}));
  EndFileSystemsOf(user);
  BOOST_TEST(bool(EndProcessesOf({user.uid, user.gid, {}, {}})));
  BOOST_TEST(!IsMounted(dead.path()));
  waitpid(pid, nullptr, 0);
}

BOOST_AUTO_TEST_CASE(file_system_of_somebody_else_stays) {
  const TestUsers users(1);
  const User user = UserOf(users);
  DeadMount dead;
  const pid_t pid = Blocked(user, dead);
  BOOST_TEST(!EndProcessesOf({user.uid, user.gid, {}, {}}));
  EndFileSystemsOf(user);
  BOOST_TEST(IsMounted(dead.path()));
  BOOST_TEST(!EndProcessesOf({user.uid, user.gid, {}, {}}));
  dead.Release();
  BOOST_TEST(bool(EndProcessesOf({user.uid, user.gid, {}, {}})));
  waitpid(pid, nullptr, 0);
}

// A job has mounts of its own where its home lies at the path of the password file.
BOOST_AUTO_TEST_CASE(file_system_that_only_the_job_sees_ends_too) {
  const TestUsers users(1);
  const User user = UserOf(users);
  int ready[2];
  int go[2];
  BOOST_REQUIRE(pipe(ready) == 0 && pipe(go) == 0);
  const pid_t job = fork();  // is the server too
  if (job == 0) {
    char byte = 0;
    const DeadMount dead;  // in a namespace of this process
    const pid_t pid = Blocked(user, dead);
    (void)!write(ready[1], &byte, 1);
    (void)!read(go[0], &byte, 1);
    waitpid(pid, nullptr, 0);
    _exit(0);
  }
  char byte = 0;
  BOOST_REQUIRE(read(ready[0], &byte, 1) == 1);
  BOOST_TEST(!EndProcessesOf({user.uid, user.gid, {}, {}}));
  EndFileSystemsOf(user);
  BOOST_TEST(bool(EndProcessesOf({user.uid, user.gid, {}, {}})));
  BOOST_REQUIRE(write(go[1], &byte, 1) == 1);
  waitpid(job, nullptr, 0);
  for (const int each : {ready[0], ready[1], go[0], go[1]}) close(each);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
