// Drivers that are killed, and what becomes of the processes below them.

#include "executor/process/keeper.h"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <string>

#include "executor/process/stage_lock.h"
#include "tests/executor/process/stage_driver.h"
#include "tests/support/temp_folder.h"

namespace jobwarden {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr std::chrono::seconds kLong(60);

// A daemon as hostile as it gets: twice a child of nobody, in a session of its own, with another
// name, environment and TMPDIR, deaf to what can be ignored. It says its number.
constexpr char kDaemon[] =
    "(setsid setsid env -i TMPDIR=/elsewhere bash -c 'exec -a innocent bash -c "
    "\"trap : TERM HUP INT; echo \\$\\$; while :; do sleep 0.01; done\"' & exit 0)\n";

StageCommand LockedBash(const std::string& script, const std::string& lock) {
  StageCommand command = Bash(script);
  command.lock = lock;
  command.mark = "TMPDIR=" + lock + ".tmp";
  command.environment.push_back(command.mark);
  return command;
}

std::string Text(const Status& status) {
  return status ? "fine" : status.findings().front().message;
}

BOOST_AUTO_TEST_SUITE(keeper)

BOOST_AUTO_TEST_CASE(a_stage_with_a_keeper_ends_as_one_without) {
  const TempFolder folder;
  StageDriver driver([&] {
    return LockedBash(
        "echo out; echo err >&2; trap 'exit 7' TERM; sleep 300 & kill -TERM $PPID; wait",
        folder / "lock");
  });
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.status == 7);
  BOOST_TEST(ended.out == "out\n");
  BOOST_TEST(ended.err == "err\n");
  const auto lock = StageLock::Take(folder / "lock");
  BOOST_REQUIRE(lock);
  BOOST_TEST(!lock->unfinished());
}

BOOST_AUTO_TEST_CASE(signals_reach_the_job_by_way_of_the_keeper) {
  const TempFolder folder;
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    StageDriver driver([&] {
      return LockedBash(
          "trap 'exit 7' TERM INT HUP QUIT; sh -c 'printf ready; exec sleep 300'; exit 8",
          folder / "lock");
    });
    driver.Read(5);
    kill(driver.pid(), number);
    BOOST_TEST(driver.Wait().status == 7);
  }
}

BOOST_AUTO_TEST_CASE(nothing_goes_on_when_the_group_of_the_driver_is_killed) {
  const TempFolder folder;
  StageDriver driver(
      [&] {
        return LockedBash(std::string("echo $$\n") + kDaemon + "read -t 300 <> <(:)",
                          folder / "lock");
      },
      [] {
        if (setpgid(0, 0) != 0) _exit(kNotStarted);
      });
  const std::string script = driver.ReadLine();
  const std::string daemon = driver.ReadLine();
  BOOST_TEST(Lives(daemon));
  kill(-driver.pid(), SIGKILL);
  // As the next stage does.
  const auto lock = StageLock::Take(folder / "lock", kLong);
  BOOST_TEST(!Lives(daemon));
  BOOST_TEST(!Lives(script));
  BOOST_REQUIRE(lock);
  BOOST_TEST(!lock->unfinished());
  BOOST_TEST(driver.Wait().status == -SIGKILL);
}

BOOST_AUTO_TEST_CASE(a_job_that_kills_its_keeper_ends_and_so_does_what_it_left) {
  const TempFolder folder;
  StageDriver driver([&] {
    return LockedBash(std::string(kDaemon) + "sleep 0.1; kill -9 $PPID; sleep 300",
                      folder / "lock");
  });
  const std::string daemon = driver.ReadLine();
  BOOST_TEST(driver.Wait().status == kNotStarted);
  BOOST_TEST(!Lives(daemon));
  BOOST_TEST(StageLock::Take(folder / "lock")->unfinished());
}

// Driver and keeper are gone, as after a machine ran out of memory.
BOOST_AUTO_TEST_CASE(the_next_stage_ends_what_has_the_job_s_mark) {
  const TempFolder folder;
  const std::string lock = folder / "lock";
  StageDriver first([&] {
    return LockedBash(
        "(setsid bash -c 'echo $$; while :; do sleep 0.01; done' &) ; sleep 0.1; "
        "read -r _ _ _ driver _ < /proc/$PPID/stat; kill -STOP $PPID; kill -9 $driver $PPID; "
        "sleep 300",
        lock);
  });
  const std::string daemon = std::to_string(std::stoi(first.ReadLine()));
  first.Wait();
  BOOST_TEST(Lives(daemon));
  // One that nobody reaped has no command line any more.
  StageDriver next([&] { return LockedBash("grep -q . /proc/" + daemon + "/cmdline", lock); });
  BOOST_TEST(next.Wait().status != 0);
}

BOOST_AUTO_TEST_CASE(a_lock_is_held_until_the_last_who_inherited_it_has_ended) {
  const TempFolder folder;
  const std::string path = folder / "lock";
  const pid_t holder = fork();
  if (holder == 0) {
    const auto lock = StageLock::Take(path);
    if (!lock || !lock->Begin()) _exit(1);
    if (fork() == 0) {
      usleep(300'000);
      lock->Finish();
    }
    _exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(holder, &status, 0) == holder);
  BOOST_REQUIRE(status == 0);
  const auto early = StageLock::Take(path, std::chrono::milliseconds(20));
  BOOST_REQUIRE(!early);
  BOOST_TEST(early.findings().front().message == "an earlier stage of this job has not ended");
  const auto late = StageLock::Take(path, kLong);
  BOOST_REQUIRE(late);
  BOOST_TEST(!late->unfinished());
  BOOST_TEST(Text(late->Begin()) == "fine");
}

BOOST_AUTO_TEST_CASE(a_lock_that_is_a_link_or_lies_nowhere_is_refused) {
  const TempFolder folder;
  BOOST_REQUIRE(symlink("/tmp/elsewhere", (folder / "link").c_str()) == 0);
  for (const std::string& path : {folder / "link", folder / "no/lock"}) {
    const auto lock = StageLock::Take(path);
    BOOST_REQUIRE(!lock);
    BOOST_TEST(CodeName(lock.findings().front().code) == "STATE_UNWRITABLE");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
