// A job that leaves a process which takes no signal, because it waits for a file system of the test
// that never answers. For root.

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/harness.h"
#include "tests/support/dead_mount.h"
#include "tests/support/test_users.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(stuck_place)

BOOST_AUTO_TEST_CASE(place_that_cannot_be_emptied_is_passed_over_and_told_once) {
  const TestUsers users(2);
  DeadMount dead;
  RunnerHost host;
  chmod(host.folder.path().c_str(), 0711);
  Change(host.config, "shared_user = true\n", "run_as = " + users.List() + "\n");
  const std::string process = "(\"cat\", state D)";

  bool asked = false;
  host.options.on_output = [&](const std::string& call, pid_t, const std::string& log) {
    if (call != "build_script" || log.find("\nready\n") == log.npos || asked) return;
    asked = true;
    dead.Take();
  };
  const JobRun hostile =
      host.Play(JobThat({"setsid cat '" + dead.path() + "/file' & echo ready; sleep 1"}));
  host.options.on_output = nullptr;
  BOOST_TEST(asked);
  BOOST_TEST(hostile.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(hostile.Find("cleanup")->result.log, "cannot be emptied"));
  BOOST_TEST(Has(hostile.Find("cleanup")->result.log, process));

  for (int times = 0; times < 2; ++times) {
    const JobRun next = host.Play(JobThat({"id -un"}));
    BOOST_TEST(next.outcome == Outcome::kSucceeded);
    BOOST_TEST(Has(Out(next), "\n" + users.name(1) + "\n"));
    BOOST_TEST(Lacks(next.log(), "cannot be emptied"));
  }

  // Where no other user is left.
  const std::string both = users.List();
  Change(host.config, both, "\"" + users.name(0) + "\"");
  const JobRun refused = host.Play(JobThat({"true"}));
  BOOST_TEST(Broken(refused, "NO_FREE_USER"));
  BOOST_TEST(Has(refused.log(), "\"" + users.name(0) + "\" cannot be emptied"));
  BOOST_TEST(Has(refused.log(), process));

  dead.Release();
  const JobRun free = host.Play(JobThat({"id -un"}));
  BOOST_TEST(Has(Out(free), "\n" + users.name(0) + "\n"));
}

// No cleanup told it: the first job that meets it is told.
BOOST_AUTO_TEST_CASE(place_that_is_found_stuck_is_told_to_the_job_that_finds_it) {
  const TestUsers users(2);
  DeadMount dead;
  RunnerHost host;
  chmod(host.folder.path().c_str(), 0711);
  Change(host.config, "shared_user = true\n", "run_as = " + users.List() + "\n");
  const std::string file = dead.path() + "/file";
  const pid_t child = fork();
  if (child == 0) {
    if (setgid(65'534) != 0 || setuid(users.uid(0)) != 0) _exit(127);
    execl("/bin/cat", "cat", file.c_str(), nullptr);
    _exit(127);
  }
  dead.Take();
  for (const bool first : {true, false}) {
    const JobRun run = host.Play(JobThat({"id -un"}));
    BOOST_TEST(Has(Out(run), "\n" + users.name(1) + "\n"));
    const std::string text = "warning: place \"" + users.name(0) + "\" cannot be emptied";
    BOOST_TEST((run.log().find(text) != std::string::npos) == first);
  }
  dead.Release();
  waitpid(child, nullptr, 0);
}

BOOST_AUTO_TEST_SUITE_END()
