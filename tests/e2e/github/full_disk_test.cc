// Disks that are full: a job does not run, and its log says why. In report mode it runs.

#include <boost/test/unit_test.hpp>

#include "tests/e2e/github/refused_job.h"
#include "tests/support/small_disk.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(full_disk)

BOOST_AUTO_TEST_CASE(disk_of_the_hooks_folder_that_is_full) {
  RunnerMachine machine;
  const SmallDisk disk(machine.Path("state"));
  disk.Fill();
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "STATE_UNWRITABLE"));
  BOOST_TEST(Has(run.log(), "No space left on device"));
}

BOOST_AUTO_TEST_CASE(disk_of_the_audit_log_that_is_full) {
  RunnerMachine machine;
  const std::string file = "/audit.jsonl";
  machine.config.replace(machine.config.find(file), file.size(), "/audit/audit.jsonl");
  const SmallDisk disk(machine.Path("audit"));
  disk.Fill();
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "AUDIT_FAILED"));
  BOOST_TEST(Has(run.log(), "No space left on device"));

  machine.config.insert(0, "mode = \"report\"\n");
  const GitHubRun reported = machine.Play({Run("echo deploying", "deploy")});
  BOOST_TEST(reported.Step("deploy").log == "deploying\n");
  BOOST_TEST(Has(reported.log(), "AUDIT_FAILED"));
}

BOOST_AUTO_TEST_CASE(disk_of_the_runner_s_temporary_folder_that_is_full) {
  RunnerMachine machine;
  const SmallDisk disk(machine.host.folder + "/_work/_temp");
  machine.host.environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] = machine.folder.Write(
      "own.sh", "cat /dev/zero >\"$RUNNER_TEMP/filler\" 2>/dev/null || :\nexec bash " +
                    machine.Path("opt/job-started.sh") + "\n");
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "STATE_UNWRITABLE"));
  BOOST_TEST(Has(run.log(), "No space left on device"));
}

BOOST_AUTO_TEST_SUITE_END()
