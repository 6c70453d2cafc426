// For root: what a child becomes that takes another user on.

#include "verifier/os/user.h"

#include <grp.h>
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

Identity Games() {
  const auto user = FindUser("games", kCode, "test");
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
  const Identity games = Games();
  BOOST_TEST(std::count(games.groups.begin(), games.groups.end(), games.gid) == 1);
  BOOST_TEST(std::count(games.groups.begin(), games.groups.end(), 0U) == 0);
}

BOOST_AUTO_TEST_CASE(a_user_is_found_by_its_number) {
  const auto root = FindUserById(0);
  BOOST_REQUIRE(root);
  BOOST_TEST(root->name == "root");
  BOOST_TEST(FindUserById(getuid()).has_value());
  BOOST_TEST(!FindUserById(3'999'999'999U).has_value());
}

BOOST_AUTO_TEST_CASE(a_process_sees_its_own_mounts_alone) {
  const testing::TempFolder folder;
  const testing::TempFolder at;
  chmod(folder.path().c_str(), 0755);
  chmod(at.path().c_str(), 0755);
  folder.Write("seen", "");
  Identity games = Games();
  games.mounts = OwnMounts{folder.path(), at.path()};
  BOOST_TEST(InChild([&] {
               if (AssumeIdentity(games) != 0) return 1;
               return access((at / "seen").c_str(), F_OK) == 0 ? 0 : 2;
             }) == 0);
  BOOST_TEST(access((at / "seen").c_str(), F_OK) != 0);
  games.mounts->at = at / "nowhere";
  BOOST_TEST(InChild([&] { return AssumeIdentity(games); }) == ENOENT);
}

BOOST_AUTO_TEST_CASE(a_process_becomes_the_user_in_every_id) {
  const Identity games = Games();
  BOOST_TEST(InChild([&] {
               const gid_t more = 12345;
               if (setgroups(1, &more) != 0 || AssumeIdentity(games) != 0) return 1;
               std::array<gid_t, 64> groups{};
               const int count = getgroups(groups.size(), groups.data());
               if (count != static_cast<int>(games.groups.size())) return 2;
               return getuid() == games.uid && getgid() == games.gid &&
                              std::find(groups.begin(), groups.end(), more) == groups.end()
                          ? 0
                          : 3;
             }) == 0);
}

BOOST_AUTO_TEST_CASE(there_is_no_way_back) {
  const Identity games = Games();
  BOOST_TEST(InChild([&] {
               if (AssumeIdentity(games) != 0) return 1;
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
  const Identity games = Games();
  Identity other = games;
  ++other.uid;
  BOOST_TEST(InChild([&] {
               if (AssumeIdentity(games) != 0) return 0;
               return AssumeIdentity(other);
             }) == EPERM);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
