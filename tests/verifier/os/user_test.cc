// For root: what a child becomes that takes another user on.

#include "verifier/os/user.h"

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <functional>

#include "tests/support/temp_folder.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;

// A user whom no TestUsers has: other tests end all processes of theirs.
Identity Man() {
  const auto user = FindUser("man", kCode, "test");
  BOOST_REQUIRE(user);
  const auto identity = IdentityOf(*user, kCode, "test");
  BOOST_REQUIRE(identity);
  return *identity;
}

int InChild(const std::function<int()>& does) {
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) _exit(does());
  int status = 0;
  BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

BOOST_AUTO_TEST_SUITE(user)

BOOST_AUTO_TEST_CASE(a_user_that_is_not_there_is_named) {
  const auto user = FindUser("no-such-user", kCode, "executor.run_as");
  BOOST_REQUIRE(!user);
  BOOST_TEST(user.findings()[0].message == "executor.run_as: no user \"no-such-user\"");
}

BOOST_AUTO_TEST_CASE(groups_are_the_user_s_own) {
  const Identity man = Man();
  BOOST_TEST(std::count(man.groups.begin(), man.groups.end(), man.gid) == 1);
  BOOST_TEST(std::count(man.groups.begin(), man.groups.end(), 0U) == 0);
}

BOOST_AUTO_TEST_CASE(a_user_is_found_by_its_number) {
  const auto root = FindUserById(0);
  BOOST_REQUIRE(root);
  BOOST_TEST(root->name == "root");
  BOOST_TEST(FindUserById(getuid()).has_value());
  BOOST_TEST(!FindUserById(3'999'999'999U).has_value());
}

BOOST_AUTO_TEST_CASE(ids_of_a_user_are_its_own_and_subordinate_ones) {
  const testing::TempFolder folder;
  const std::string ranges = folder.Write("subuid",
                                          "man:100000:10\n"
                                          "news:200000:10\n"
                                          "5:300000:1\n"
                                          "man:1000:10\n"
                                          "man:x:10\n"
                                          "man:400000\n"
                                          "man:500000:0\n"
                                          "man:4294967290:100\n");
  User man{"man", 5, 60, "/", "/bin/sh"};
  BOOST_TEST(InChild([&] {
               if (unshare(CLONE_NEWNS) != 0 ||
                   mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
                 return 1;
               }
               if (access("/etc/subuid", F_OK) != 0) return 0;
               if (mount(ranges.c_str(), "/etc/subuid", nullptr, MS_BIND, nullptr) != 0) return 2;
               const UserIds ids = IdsOf(man);
               for (const uid_t its : {5U, 100'000U, 100'009U, 300'000U, 4'294'967'291U}) {
                 if (!ids.Has(its)) return 3;
               }
               for (const uid_t others :
                    {0U, 6U, 1'000U, 99'999U, 100'010U, 200'000U, 300'001U, 400'000U, 500'000U}) {
                 if (ids.Has(others)) return 4;
               }
               return 0;
             }) == 0);
}

BOOST_AUTO_TEST_CASE(a_process_sees_its_own_mounts_alone) {
  const testing::TempFolder folder;
  const testing::TempFolder at;
  chmod(folder.path().c_str(), 0755);
  chmod(at.path().c_str(), 0755);
  folder.Write("seen", "");
  Identity man = Man();
  man.mounts = OwnMounts{folder.path(), at.path()};
  BOOST_TEST(InChild([&] {
               if (AssumeIdentity(man) != 0) return 1;
               return access((at / "seen").c_str(), F_OK) == 0 ? 0 : 2;
             }) == 0);
  BOOST_TEST(access((at / "seen").c_str(), F_OK) != 0);
  man.mounts->at = at / "nowhere";
  BOOST_TEST(InChild([&] { return AssumeIdentity(man); }) == ENOENT);
}

BOOST_AUTO_TEST_CASE(a_process_becomes_the_user_in_every_id) {
  const Identity man = Man();
  BOOST_TEST(InChild([&] {
               const gid_t more = 12345;
               if (setgroups(1, &more) != 0 || AssumeIdentity(man) != 0) return 1;
               std::array<gid_t, 64> groups{};
               const int count = getgroups(groups.size(), groups.data());
               if (count != static_cast<int>(man.groups.size())) return 2;
               return getuid() == man.uid && getgid() == man.gid &&
                              std::find(groups.begin(), groups.end(), more) == groups.end()
                          ? 0
                          : 3;
             }) == 0);
}

BOOST_AUTO_TEST_CASE(there_is_no_way_back) {
  const Identity man = Man();
  BOOST_TEST(InChild([&] {
               if (AssumeIdentity(man) != 0) return 1;
               return setuid(0) != 0 && setresuid(0, 0, 0) != 0 && setgid(0) != 0 &&
                              setgroups(0, nullptr) != 0
                          ? 0
                          : 2;
             }) == 0);
}

BOOST_AUTO_TEST_CASE(root_is_nobody_to_become) {
  BOOST_TEST(InChild([] { return AssumeIdentity({0, 0, {}}); }) == EINVAL);
}

BOOST_AUTO_TEST_CASE(who_is_not_root_becomes_nobody_else) {
  const Identity man = Man();
  Identity other = man;
  ++other.uid;
  BOOST_TEST(InChild([&] {
               if (AssumeIdentity(man) != 0) return 0;
               return AssumeIdentity(other);
             }) == EPERM);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
