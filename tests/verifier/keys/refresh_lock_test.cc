#include "verifier/keys/refresh_lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::TempFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

struct Fixture {
  TempFolder folder;
  std::string path = folder / "keys/gitlab.lock";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refresh_lock, Fixture)

BOOST_AUTO_TEST_CASE(the_lock_makes_its_folder_and_tells_nothing_at_first) {
  const auto lock = RefreshLock::Take(path, milliseconds(0));
  BOOST_REQUIRE(lock);
  BOOST_TEST(!lock->LastAttempt());
}

// Whoever can read a file can lock it: a job could keep a new key out.
BOOST_AUTO_TEST_CASE(the_lock_is_for_its_owner_alone) {
  for (int again = 0; again < 2; ++again) {
    BOOST_REQUIRE(RefreshLock::Take(path, milliseconds(0)));
    BOOST_TEST((std::filesystem::status(path).permissions() == std::filesystem::perms(0600)));
    chmod(path.c_str(), 0644);
  }
}

BOOST_AUTO_TEST_CASE(the_next_holder_reads_what_the_one_before_noted) {
  {
    const auto lock = RefreshLock::Take(path, milliseconds(0));
    BOOST_REQUIRE(lock);
    lock->Note({sys_seconds(seconds(7)), sys_seconds(seconds(9)), std::string(300, 'e'), "a hint"});
    lock->Note({sys_seconds(seconds(70)), sys_seconds(seconds(90)), "refused", "a hint"});
  }
  const auto lock = RefreshLock::Take(path, milliseconds(0));
  BOOST_REQUIRE(lock);
  const auto last = lock->LastAttempt();
  BOOST_REQUIRE(last);
  BOOST_TEST((last->began == sys_seconds(seconds(70))));
  BOOST_TEST((last->ended == sys_seconds(seconds(90))));
  BOOST_TEST(last->error == "refused");
  BOOST_TEST(last->hint == "a hint");
}

BOOST_AUTO_TEST_CASE(a_lock_that_is_held_is_not_had) {
  auto held = RefreshLock::Take(path, milliseconds(0));
  BOOST_REQUIRE(held);
  const auto second = RefreshLock::Take(path, milliseconds(5));
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.findings().front().code == Code::kKeysUnavailable));
  BOOST_TEST(second.findings().front().message ==
             "another process has been fetching keys for 0 seconds");
  held->Release();
  BOOST_TEST(bool(RefreshLock::Take(path, milliseconds(0))));
}

BOOST_AUTO_TEST_CASE(a_torn_note_counts_as_none) {
  std::filesystem::create_directory(folder / "keys");
  for (const char* text : {"{\"began\":1", "null", "{\"began\":\"1\"}", "x"}) {
    folder.Write("keys/gitlab.lock", text);
    const auto lock = RefreshLock::Take(path, milliseconds(0));
    BOOST_REQUIRE(lock);
    BOOST_TEST(!lock->LastAttempt(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_lock_that_others_can_write_is_refused) {
  std::filesystem::create_directory(folder / "keys");
  folder.Write("keys/gitlab.lock", "");
  BOOST_REQUIRE(chmod(path.c_str(), 0666) == 0);
  const auto lock = RefreshLock::Take(path, milliseconds(0));
  BOOST_REQUIRE(!lock);
  BOOST_TEST((lock.findings().front().code == Code::kStateUnwritable));
}

BOOST_AUTO_TEST_CASE(a_link_in_its_place_is_not_followed) {
  std::filesystem::create_directory(folder / "keys");
  const std::string target = folder.Write("precious", "precious");
  std::filesystem::create_symlink(target, path);
  const auto lock = RefreshLock::Take(path, milliseconds(0));
  BOOST_REQUIRE(!lock);
  BOOST_TEST((lock.findings().front().code == Code::kStateUnwritable));
  BOOST_TEST(!lock.findings().front().hint.empty());
}

BOOST_AUTO_TEST_SUITE_END()
