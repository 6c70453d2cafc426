#include "executor/local/place_lock.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <string>
#include <utility>

#include "tests/support/temp_folder.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

// A job whose runner is this process.
PlaceHolder JobIn(const testing::TempFolder& folder) {
  auto job = ThisJob(folder.path());
  BOOST_REQUIRE(job);
  job->runner = getpid();
  const auto own = StatOf(getpid());
  BOOST_REQUIRE(own);
  job->started = own->started;
  job->own_folder = "/a folder";
  job->shelf = "shelf";
  return *std::move(job);
}

PlaceLock Lock(const std::string& path) {
  auto lock = PlaceLock::Open(path, false);
  BOOST_REQUIRE(lock);
  BOOST_REQUIRE(*lock);
  return **std::move(lock);
}

BOOST_AUTO_TEST_SUITE(place_lock)

BOOST_AUTO_TEST_CASE(a_place_is_held_by_the_job_that_was_written_down) {
  const testing::TempFolder state;
  const testing::TempFolder folder;
  const PlaceHolder job = JobIn(folder);
  {
    PlaceLock lock = Lock(state / "user");
    BOOST_TEST(!lock.Held());
    BOOST_REQUIRE(lock.Write(job));
    BOOST_TEST(lock.Held());
  }
  const PlaceLock lock = Lock(state / "user");
  BOOST_TEST(lock.Held());
  BOOST_REQUIRE(lock.holder());
  BOOST_TEST((*lock.holder() == job));
}

BOOST_AUTO_TEST_CASE(a_place_that_was_given_back_is_free) {
  const testing::TempFolder state;
  const testing::TempFolder folder;
  PlaceLock lock = Lock(state / "user");
  BOOST_REQUIRE(lock.Write(JobIn(folder)));
  BOOST_REQUIRE(lock.Clear());
  BOOST_TEST(!lock.Held());
  BOOST_TEST(testing::Slurp(state / "user").empty());
}

BOOST_AUTO_TEST_CASE(nobody_else_gets_a_lock_that_is_held) {
  const testing::TempFolder state;
  {
    const PlaceLock lock = Lock(state / "user");
    const auto other = PlaceLock::Open(state / "user", false);
    BOOST_REQUIRE(other);
    BOOST_TEST(!*other);
  }
  BOOST_TEST((*PlaceLock::Open(state / "user", false)).has_value());
}

BOOST_AUTO_TEST_CASE(a_job_whose_folder_is_gone_or_another_holds_nothing) {
  const testing::TempFolder state;
  PlaceLock lock = Lock(state / "user");
  {
    const testing::TempFolder folder;
    const PlaceHolder job = JobIn(folder);
    BOOST_REQUIRE(lock.Write(job));
    BOOST_REQUIRE_EQUAL(rename(folder.path().c_str(), (folder.path() + "x").c_str()), 0);
    BOOST_TEST(!lock.Held());
    BOOST_REQUIRE_EQUAL(mkdir(folder.path().c_str(), 0700), 0);
    BOOST_TEST(!lock.Held());
    BOOST_REQUIRE_EQUAL(rmdir((folder.path() + "x").c_str()), 0);
  }
}

BOOST_AUTO_TEST_CASE(a_job_whose_runner_is_gone_holds_nothing) {
  const testing::TempFolder state;
  const testing::TempFolder folder;
  PlaceHolder job = JobIn(folder);
  PlaceLock lock = Lock(state / "user");
  // The same number, another process.
  ++job.started;
  BOOST_REQUIRE(lock.Write(job));
  BOOST_TEST(!lock.Held());

  const pid_t runner = fork();
  if (runner == 0) _exit(0);
  const auto started = StatOf(runner);
  job.runner = runner;
  job.started = started ? started->started : 0;
  siginfo_t ended{};
  BOOST_REQUIRE_EQUAL(waitid(P_PID, static_cast<id_t>(runner), &ended, WEXITED | WNOWAIT), 0);
  BOOST_REQUIRE(lock.Write(job));
  BOOST_TEST(!lock.Held());  // though nobody reaped it
  BOOST_REQUIRE_EQUAL(waitpid(runner, nullptr, 0), runner);
  BOOST_TEST(!lock.Held());
}

BOOST_AUTO_TEST_CASE(what_was_not_written_whole_holds_nothing) {
  const testing::TempFolder state;
  const testing::TempFolder folder;
  {
    PlaceLock lock = Lock(state / "user");
    BOOST_REQUIRE(lock.Write(JobIn(folder)));
  }
  const std::string whole = testing::Slurp(state / "user");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    state.Write("user", whole.substr(0, size));
    BOOST_TEST(!Lock(state / "user").Held(), size);
  }
  state.Write("user", "2" + whole.substr(1));
  BOOST_TEST(!Lock(state / "user").Held());
}

BOOST_AUTO_TEST_CASE(a_path_that_would_not_be_read_again_is_refused) {
  const testing::TempFolder state;
  const testing::TempFolder folder;
  PlaceHolder job = JobIn(folder);
  job.own_folder = "a\nfolder";
  PlaceLock lock = Lock(state / "user");
  BOOST_TEST(!lock.Write(job));
  BOOST_TEST(!lock.Held());
}

BOOST_AUTO_TEST_CASE(the_file_is_its_owner_s_alone_and_no_link_is_followed) {
  const testing::TempFolder state;
  { const PlaceLock lock = Lock(state / "user"); }
  struct stat st {};
  BOOST_REQUIRE_EQUAL(stat((state / "user").c_str(), &st), 0);
  BOOST_TEST((st.st_mode & 07777) == 0600U);
  BOOST_REQUIRE_EQUAL(symlink((state / "elsewhere").c_str(), (state / "link").c_str()), 0);
  const auto lock = PlaceLock::Open(state / "link", false);
  BOOST_REQUIRE(!lock);
  BOOST_TEST((lock.findings()[0].code == Code::kStateUnwritable));
  BOOST_TEST(!std::filesystem::exists(state / "elsewhere"));
}

// The driver is called through a script of the administrator's.
BOOST_AUTO_TEST_CASE(the_runner_is_the_parent_of_the_leader_of_the_call_s_group) {
  const testing::TempFolder folder;
  std::array<int, 2> ends{};
  BOOST_REQUIRE_EQUAL(pipe(ends.data()), 0);
  const pid_t wrapper = fork();
  if (wrapper == 0) {
    setpgid(0, 0);
    const pid_t driver = fork();
    if (driver == 0) {
      const auto job = ThisJob(folder.path());
      const pid_t runner = job ? job->runner : -1;
      _exit(write(ends[1], &runner, sizeof runner) == sizeof runner ? 0 : 1);
    }
    waitpid(driver, nullptr, 0);
    _exit(0);
  }
  BOOST_REQUIRE_EQUAL(waitpid(wrapper, nullptr, 0), wrapper);
  pid_t runner = 0;
  BOOST_REQUIRE_EQUAL(read(ends[0], &runner, sizeof runner), static_cast<ssize_t>(sizeof runner));
  BOOST_TEST(runner == getpid());
  close(ends[0]);
  close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
