// The runner's manners, played with drivers that are a few lines of sh.

#include "tests/support/fake_gitlab_runner.h"

#include <csignal>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/gitlab_job.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden::testing;
using Outcome = JobRun::Outcome;
using Names = std::vector<std::string>;

namespace {

// A driver that answers `config`, runs the script with bash, and does `more` first of all.
struct Driver {
  explicit Driver(const std::string& more) {
    const std::string builds = folder / "builds";
    std::ofstream(folder / "driver") << more << R"(
case $1 in
  config) printf '{"builds_dir":")" << builds
                                     << R"(","job_env":{"FROM_CONFIG":"yes"}}' ;;
  run) bash "$2" || { echo $? | tr -d '\n' >"${BUILD_EXIT_CODE_FILE:-/dev/null}"; exit 1; } ;;
esac
)";
    options.driver = {"/bin/sh", folder / "driver"};
    options.folder = folder.path();
    options.environment = {{"PATH", "/usr/bin:/bin"}, {"RUNNER_OWN", "1"}};
    options.limit = std::chrono::seconds(20);
    job.script = {"echo hello"};
  }

  JobRun Play() { return PlayJob(Send(job, Signer()), options); }

  TempFolder folder;
  RunnerOptions options;
  Job job = ProtectedDeploy();
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(JobRun::Outcome)

BOOST_AUTO_TEST_SUITE(fake_gitlab_runner)

BOOST_AUTO_TEST_CASE(calls_come_in_the_order_of_the_real_runner) {
  Driver driver("");
  driver.job.after_script = {"echo bye"};
  const JobRun run = driver.Play();
  const Names expected = {"config",       "prepare",      "prepare_script",         "get_sources",
                          "build_script", "after_script", "cleanup_file_variables", "cleanup"};
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(run.CallNames() == expected, boost::test_tools::per_element());
  BOOST_TEST(run.Find("build_script")->result.out.find("hello\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(environment_holds_the_protocol_and_the_job) {
  Driver driver("[ $1 != prepare ] || { env; pwd; ls -ld .; cat \"$JOB_RESPONSE_FILE\"; }");
  driver.job.variables = {{"ALIAS", "$CI_JOB_ID"}, {"PLACE", "a", true}};
  const JobRun run = driver.Play();
  const std::string& out = run.Find("prepare")->result.out;
  for (const char* line : {"\nRUNNER_OWN=1\n", "\nFROM_CONFIG=yes\n", "\nCUSTOM_ENV_ALIAS=9301\n",
                           "\nCUSTOM_ENV_PLACE=a\n", "\nBUILD_FAILURE_EXIT_CODE=1\n",
                           "\nSYSTEM_FAILURE_EXIT_CODE=2\n", "drwx------", R"("key": "ALIAS")"}) {
    BOOST_TEST(("\n" + out).find(line) != std::string::npos, line);
  }
  const auto tmpdir = out.find("TMPDIR=") + 7;
  const std::string folder = out.substr(tmpdir, out.find('\n', tmpdir) - tmpdir);
  BOOST_TEST(out.find("\n" + folder + "\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(prepare_is_tried_three_times_each_with_cleanup) {
  Driver driver("[ $1 != prepare ] || exit 2");
  const JobRun run = driver.Play();
  const Names expected = {"config",  "prepare", "cleanup", "config", "prepare",
                          "cleanup", "config",  "prepare", "cleanup"};
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(run.CallNames() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(prepare_that_refuses_the_job_is_not_tried_again) {
  Driver driver("[ $1 != prepare ] || exit 1");
  const JobRun run = driver.Play();
  const Names expected = {"config", "prepare", "cleanup"};
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(run.CallNames() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(exit_code_of_the_job_comes_from_the_file) {
  Driver driver("");
  driver.job.script = {"exit 42", "echo not reached"};
  driver.job.after_script = {"echo after $CI_JOB_STATUS"};
  const JobRun run = driver.Play();
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(run.log().find("\nnot reached") == std::string::npos);
  BOOST_TEST(run.log().find("after failed\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(older_runner_does_not_learn_the_exit_code) {
  Driver driver("");
  driver.job.runner = Runner::k17_2;
  driver.job.script = {"exit 42"};
  BOOST_TEST(driver.Play().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(stage_is_held_up_by_who_holds_its_output) {
  Driver driver("");
  driver.job.script = {"sleep 3 &"};
  driver.options.limit = std::chrono::seconds(1);
  BOOST_TEST(driver.Play().hung());
}

BOOST_AUTO_TEST_CASE(cancel_still_plays_after_script) {
  Driver driver("");
  driver.job.script = {"echo ready", "sleep 100"};
  driver.job.after_script = {"echo bye"};
  driver.options.interruption = RunnerOptions::Interruption::kCancel;
  driver.options.interrupt_at = "\nready\n";
  const JobRun run = driver.Play();
  BOOST_TEST(run.outcome == Outcome::kCanceled);
  BOOST_TEST(run.Find("after_script")->result.out.find("bye\n") != std::string::npos);
  BOOST_TEST(run.CallNames().back() == "cleanup");
}

BOOST_AUTO_TEST_CASE(timeout_leaves_only_cleanup) {
  Driver driver("");
  driver.job.script = {"echo ready", "sleep 100"};
  driver.job.after_script = {"echo bye"};
  driver.options.interruption = RunnerOptions::Interruption::kTimeout;
  driver.options.interrupt_at = "\nready\n";
  const JobRun run = driver.Play();
  BOOST_TEST(run.outcome == Outcome::kTimedOut);
  BOOST_TEST((run.Find("after_script") == nullptr));
  BOOST_TEST(run.CallNames().back() == "cleanup");
}

BOOST_AUTO_TEST_CASE(driver_that_ignores_sigterm_is_killed) {
  Driver driver("trap '' TERM");
  driver.job.script = {"echo ready", "sleep 100"};
  driver.options.interruption = RunnerOptions::Interruption::kCancel;
  driver.options.interrupt_at = "\nready\n";
  driver.options.grace = std::chrono::milliseconds(200);
  const JobRun run = driver.Play();
  BOOST_TEST(run.outcome == Outcome::kCanceled);
  BOOST_TEST(run.Find("build_script")->result.exit_code == 128 + SIGKILL);
}

BOOST_AUTO_TEST_SUITE_END()
