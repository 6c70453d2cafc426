// How a refused job ends, also where what should end it fails.

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/e2e/github/refused_job.h"

using namespace jobwarden::testing;
using Outcome = GitHubRun::Outcome;
namespace fs = std::filesystem;

namespace {

boost::test_tools::predicate_result Allowed(const GitHubRun& run) {
  if (run.outcome != Outcome::kSucceeded) return No("the job failed:\n" + run.log());
  return Has(run.Step(kSetUp).log, "jobwarden: allowed by rule \"deploys\" (decision ");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stopped)

BOOST_AUTO_TEST_CASE(worker_that_does_not_end_is_killed_and_the_reasons_are_the_error_of_the_job) {
  RunnerMachine machine;
  machine.host.environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] = machine.folder.Write(
      "own.sh", "kill -STOP $PPID\nexec bash " + machine.Path("opt/job-started.sh") + "\n");
  machine.job.ref = "refs/heads/try";
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(run.worker_died);
  BOOST_TEST(Lacks(run.log(), "ran\n"));
  BOOST_TEST(run.crash.starts_with("jobwarden: denied, 1 reason:\nNO_RULE_ALLOWS: "));
  BOOST_TEST(Has(run.crash, "\"refs/heads/try\""));
  BOOST_TEST(Has(run.crash, "\nask #ci-platform (decision "));
}

BOOST_AUTO_TEST_CASE(issuer_that_is_down_refuses_the_job_and_says_so) {
  RunnerMachine machine;
  machine.issuer.SetAnswer(FakeIssuer::kDiscoveryPath, Answer{503});
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "KEYS_UNAVAILABLE"));
  BOOST_TEST(LastRecord(machine)["outcome"] == "error");
}

BOOST_AUTO_TEST_CASE(configuration_that_cannot_be_read_stops_every_job) {
  RunnerMachine machine;
  machine.config += "[github]\n";
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "CONFIG_INVALID"));
}

BOOST_AUTO_TEST_CASE(fail_step_refuses_run_steps_and_says_what_it_cannot) {
  RunnerMachine machine;
  machine.SetGitHub("on_deny = \"fail-step\"");
  machine.job.ref = "refs/heads/try";
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(!run.worker_died);
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(run.Step("step").conclusion == "failure");
  BOOST_TEST(Lacks(run.Step("step").log, "the step ran"));
  BOOST_TEST(Has(run.Step("step").log, "jobwarden: NO_RULE_ALLOWS: "));
  BOOST_TEST(Has(run.Step("step").log, "jobwarden: ask #ci-platform (decision "));
  BOOST_TEST(Has(run.Step("action").log, "the action ran"));
  BOOST_TEST(Has(run.Step(kSetUp).log, "JavaScript and Docker actions under if: always() are not"));
  BOOST_TEST(Has(run.summary, "### jobwarden: this job was refused\n\n```text\nNO_RULE_ALLOWS: "));
}

BOOST_AUTO_TEST_CASE(fail_step_without_a_step_guard_ends_the_job) {
  RunnerMachine machine;
  machine.SetGitHub("on_deny = \"fail-step\"");
  machine.folder.Write("state", "no folder");
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "STATE_UNWRITABLE"));
}

BOOST_AUTO_TEST_CASE(stop_runner_shuts_the_runner_down_and_no_step_runs) {
  RunnerMachine machine;
  machine.SetGitHub("on_deny = \"stop-runner\"");
  machine.job.ref = "refs/heads/try";
  const GitHubSession session = machine.PlayAll({machine.job, machine.job});
  BOOST_REQUIRE(session.runs.size() == 1U);
  const GitHubRun& run = session.runs[0];
  BOOST_TEST(Has(run.log(), "jobwarden: the runner is shut down\n"));
  BOOST_TEST(Has(run.log(), "NO_RULE_ALLOWS"));
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(Lacks(run.log(), "ran\n"));
  BOOST_TEST(!session.hung);
}

BOOST_AUTO_TEST_CASE(next_job_of_a_runner_whose_last_one_was_stopped_is_decided_anew) {
  RunnerMachine machine;
  GitHubJob denied = machine.job;
  denied.ref = "refs/heads/try";
  denied.steps = StubbornSteps();
  GitHubJob good = machine.job;
  good.run_id = "9303";
  good.steps = {Run("echo deploying", "deploy")};
  const GitHubSession session = machine.PlayAll({denied, good});
  BOOST_REQUIRE(session.runs.size() == 2U);
  BOOST_TEST(Refused(session.runs[0], "NO_RULE_ALLOWS"));
  BOOST_TEST(Allowed(session.runs[1]));
  BOOST_TEST(session.runs[1].Step("deploy").log == "deploying\n");
  BOOST_TEST(fs::exists(machine.place() + "/9303-1.json"));
  BOOST_TEST(!fs::exists(machine.place() + "/9301-1.json"));
}

BOOST_AUTO_TEST_CASE(hook_that_a_hook_of_the_administrators_own_calls_stops_the_job_too) {
  RunnerMachine machine;
  machine.job.ref = "refs/heads/try";
  machine.host.environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] =
      machine.folder.Write("own.sh", "bash " + machine.Path("opt/job-started.sh") + "\nexit 1\n");
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "NO_RULE_ALLOWS"));
}

BOOST_AUTO_TEST_CASE(hook_that_no_runner_started_ends_nobody_and_says_so) {
  RunnerMachine machine;
  machine.Play({});  // installs the hook
  ChildOptions hook;
  hook.command = {machine.Path("opt/jobwarden-hook"), "--config", machine.Path("absent"), "github",
                  "job-started"};
  const ChildResult result = RunChild(hook);
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(Has(result.out, "it could not be stopped: expected Runner.Worker above this process"));
}

BOOST_AUTO_TEST_CASE(job_is_stopped_where_there_is_no_bash) {
  for (const bool is_killed : {false, true}) {
    RunnerMachine machine;
    machine.job.ref = "refs/heads/try";
    fs::create_directories(machine.Path("bin"));
    fs::create_directories(machine.Path("opt"));
    // The last two are the runner's, which unpacks actions.
    for (const char* program : {"sh", "sleep", "tar", "gzip"}) {
      fs::create_symlink(std::string("/bin/") + program, machine.Path("bin/") + program);
    }
    machine.host.environment["PATH"] = machine.Path("bin");
    if (is_killed) {
      fs::permissions(machine.folder.Write("opt/jobwarden-hook", "#!/bin/sh\nkill -KILL $$\n"),
                      fs::perms::owner_all);
    }
    const GitHubRun run = machine.Play(StubbornSteps());
    BOOST_TEST((run.outcome == Outcome::kFailed));
    BOOST_TEST(!run.worker_died);
    BOOST_TEST(run.Step(kSetUp).conclusion == "cancelled");
    BOOST_TEST(Lacks(run.log(), "ran\n"));
    BOOST_TEST(Has(run.log(), "the job ends here\n"));
  }
}

BOOST_AUTO_TEST_CASE(hook_that_is_called_wrongly_stops_the_job_too) {
  RunnerMachine machine;
  machine.host.environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] = machine.folder.Write(
      "own.sh", "exec " + machine.Path("opt/jobwarden-hook") + " --confg x github job-started\n");
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(!run.worker_died);
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(Has(run.log(), "jobwarden: CONFIG_INVALID: command: unknown"));
  BOOST_TEST(Lacks(run.log(), "ran\n"));
}

BOOST_AUTO_TEST_CASE(hook_that_cannot_even_be_started_stops_the_job) {
  RunnerMachine machine;
  fs::create_directory(machine.Path("opt"));
  fs::create_symlink(machine.Path("absent"), machine.Path("opt/jobwarden-hook"));
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(!run.worker_died);
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(Lacks(run.log(), "ran\n"));
  BOOST_TEST(Has(run.log(), "/jobwarden-hook ended with status 127: the job ends here\n"));
}

BOOST_AUTO_TEST_CASE(hook_that_is_killed_stops_the_job) {
  RunnerMachine machine;
  fs::create_directory(machine.Path("opt"));
  fs::permissions(machine.folder.Write("opt/jobwarden-hook", "#!/bin/sh\nkill -KILL $$\n"),
                  fs::perms::owner_all);
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(!run.worker_died);
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(Lacks(run.log(), "ran\n"));
  BOOST_TEST(Has(run.log(), "/jobwarden-hook ended with status 137: the job ends here\n"));
}

BOOST_AUTO_TEST_CASE(hook_whose_shell_is_killed_while_it_decides_stops_the_job) {
  RunnerMachine machine;
  machine.endpoint.Always(Answer{.delay = std::chrono::seconds(5)});
  machine.host.environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] =
      machine.folder.Write("own.sh", "(sleep 0.5; kill -KILL $$) &\nexec bash " +
                                         machine.Path("opt/job-started.sh") + "\n");
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(!run.worker_died);
  BOOST_TEST(Lacks(run.log(), "ran\n"));
  BOOST_TEST(Has(run.log(), "the shell of the job-started hook was ended: the job ends here\n"));
}

BOOST_AUTO_TEST_CASE(state_that_cannot_be_written_refuses_the_job) {
  RunnerMachine machine;
  machine.folder.Write("state", "no folder");
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "STATE_UNWRITABLE"));
}

BOOST_AUTO_TEST_CASE(decision_that_cannot_be_recorded_refuses_the_job) {
  RunnerMachine machine;
  fs::create_directory(machine.Path("audit.jsonl"));
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "AUDIT_FAILED"));
}

BOOST_AUTO_TEST_CASE(job_that_could_not_be_guarded_is_recorded_as_refused) {
  RunnerMachine machine;
  // PATH cannot hold the guard's folder.
  machine.config.replace(machine.config.find("/state\""), 7, "/sta:te\"");
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "STATE_UNWRITABLE"));
  BOOST_TEST(LastRecord(machine)["outcome"] == "error");
}

BOOST_AUTO_TEST_SUITE_END()
