// What a job's user leaves in the kernel. For root.

#include "executor/local/kernel_objects.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>

#include "tests/support/test_users.h"

using namespace jobwarden;
using jobwarden::testing::TestUsers;

namespace {

// Names that no other run of this test has.
const key_t kKey = 0x6a000000 + getpid() * 4;
const std::string kQueue = "/jobwarden-test-" + std::to_string(getpid()) + "-";

long AddKey(const char* name, long keyring) {
  return syscall(SYS_add_key, "user", name, "secret", 6, keyring);
}

long Search(const char* name, long keyring) {
  return syscall(SYS_keyctl, KEYCTL_SEARCH, keyring, "user", name, 0);
}

long Persistent() {
  return syscall(SYS_keyctl, KEYCTL_GET_PERSISTENT, -1, KEY_SPEC_PROCESS_KEYRING, 0, 0);
}

bool HasKeys() {
  return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1, 0, 0) > 0;
}

User UserOf(uid_t uid) {
  return {"jobwarden-test", uid, 65'534, "/", "/bin/sh"};
}

int As(const User& user, const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(AssumeIdentity({user.uid, user.gid, {}, {}}) == 0 ? work() : 127);
  int status = 0;
  BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel_objects)

BOOST_AUTO_TEST_CASE(objects_of_the_user_go_and_those_of_others_stay) {
  const TestUsers users(2);
  const User user = UserOf(users.uid(0));
  const User other = UserOf(users.uid(1));
  const auto leave = [](int offset) {
    const std::string end = std::to_string(offset);
    if (shmget(kKey + offset, 1, IPC_CREAT | 0666) < 0) return 1;
    if (semget(kKey + offset, 1, IPC_CREAT | 0666) < 0) return 2;
    if (msgget(kKey + offset, IPC_CREAT | 0666) < 0) return 3;
    if (mq_open((kQueue + end).c_str(), O_CREAT | O_RDWR, 0666, nullptr) < 0) return 4;
    return 0;
  };
  // How many of them are there.
  const auto left = [](int offset) {
    const std::string end = std::to_string(offset);
    int count = 0;
    count += shmget(kKey + offset, 1, 0) < 0 ? 0 : 1;
    count += semget(kKey + offset, 1, 0) < 0 ? 0 : 1;
    count += msgget(kKey + offset, 0) < 0 ? 0 : 1;
    count += mq_open((kQueue + end).c_str(), O_RDONLY) < 0 ? 0 : 1;
    return count;
  };
  BOOST_REQUIRE(As(user, [&] { return leave(0); }) == 0);
  BOOST_REQUIRE(As(other, [&] { return leave(1); }) == 0);
  BOOST_TEST(left(0) == 4);
  BOOST_TEST(bool(RemoveKernelObjects(user)));
  BOOST_TEST(left(0) == 0);
  BOOST_TEST(left(1) == 4);
  BOOST_TEST(bool(RemoveKernelObjects(other)));
  BOOST_TEST(left(1) == 0);
}

BOOST_AUTO_TEST_CASE(what_the_user_gave_away_goes_too) {
  const TestUsers users(1);
  const User user = UserOf(users.uid());
  BOOST_REQUIRE(As(user, [] {
                  const int id = shmget(kKey + 2, 1, IPC_CREAT | 0666);
                  shmid_ds owner{};
                  if (id < 0 || shmctl(id, IPC_STAT, &owner) != 0) return 1;
                  owner.shm_perm.uid = 1;
                  return shmctl(id, IPC_SET, &owner) == 0 ? 0 : 2;
                }) == 0);
  BOOST_TEST(bool(RemoveKernelObjects(user)));
  BOOST_TEST(shmget(kKey + 2, 1, 0) < 0);
}

BOOST_AUTO_TEST_CASE(keys_of_the_user_go) {
  const TestUsers users(1);
  const User user = UserOf(users.uid());
  if (As(user, [] { return HasKeys() ? 0 : 1; }) != 0) return;  // this kernel has none
  const auto found = [&] {
    return As(user, [] {
      int count = 0;
      for (const long keyring :
           {long{KEY_SPEC_USER_KEYRING}, long{KEY_SPEC_USER_SESSION_KEYRING}, Persistent()}) {
        count += Search("jobwarden-test", keyring) > 0 ? 1 : 0;
      }
      return count;
    });
  };
  const int all = As(user, [] {
    int count = 0;
    for (const long keyring :
         {long{KEY_SPEC_USER_KEYRING}, long{KEY_SPEC_USER_SESSION_KEYRING}, Persistent()}) {
      count += AddKey("jobwarden-test", keyring) > 0 ? 1 : 0;
    }
    return count;
  });
  BOOST_TEST(all >= 2);
  BOOST_TEST(found() >= 2);
  BOOST_TEST(bool(RemoveKernelObjects(user)));
  BOOST_TEST(found() == 0);
}

// The next job would find a key in it that it takes for its own.
BOOST_AUTO_TEST_CASE(keyring_that_the_user_locked_is_not_found_again) {
  const TestUsers users(1);
  const User user = UserOf(users.uid());
  if (As(user, [] { return HasKeys() ? 0 : 1; }) != 0) return;
  BOOST_REQUIRE(As(user, [] {
                  if (AddKey("jobwarden-test", KEY_SPEC_USER_KEYRING) < 0) return 1;
                  constexpr long kViewReadSearch = 0x0b0b0000;
                  return static_cast<int>(syscall(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_USER_KEYRING,
                                                  kViewReadSearch, 0, 0)) == 0
                             ? 0
                             : 2;
                }) == 0);
  BOOST_TEST(bool(RemoveKernelObjects(user)));
  BOOST_TEST(As(user, [] { return Search("jobwarden-test", KEY_SPEC_USER_KEYRING) > 0 ? 1 : 0; }) ==
             0);
  // And the next job's own works.
  BOOST_TEST(As(user, [] {
               return AddKey("jobwarden-test", KEY_SPEC_USER_KEYRING) > 0 &&
                              Search("jobwarden-test", KEY_SPEC_USER_KEYRING) > 0
                          ? 0
                          : 1;
             }) == 0);
  BOOST_TEST(bool(RemoveKernelObjects(user)));
}

BOOST_AUTO_TEST_CASE(session_keyring_is_a_new_one) {
  const TestUsers users(1);
  const User user = UserOf(users.uid());
  if (As(user, [] { return HasKeys() ? 0 : 1; }) != 0) return;
  BOOST_TEST(As(user, [] {
               if (AddKey("jobwarden-test", KEY_SPEC_SESSION_KEYRING) < 0) return 1;
               JoinNewSessionKeyring();
               return Search("jobwarden-test", KEY_SPEC_SESSION_KEYRING) > 0 ? 2 : 0;
             }) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
