// What is broken around a job: one that is refused, or about which nothing can be decided, runs
// nothing, and its log says what to do.

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/e2e/github/refused_job.h"

using namespace jobwarden::testing;
using Outcome = GitHubRun::Outcome;
namespace fs = std::filesystem;

namespace {

// A machine where this is done, by the runner's user, right before the job-started hook.
struct Spoilt : RunnerMachine {
  explicit Spoilt(const std::string& script) {
    host.environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] =
        folder.Write("own.sh", script + "\nexec bash " + Path("opt/job-started.sh") + "\n");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(workspace_that_is_gone_changes_no_decision) {
  const std::string remove = "rm -rf \"$GITHUB_WORKSPACE\"";
  Spoilt denied(remove);
  denied.job.ref = "refs/heads/try";
  BOOST_TEST(Refused(denied.Play(StubbornSteps()), "NO_RULE_ALLOWS"));
  Spoilt allowed(remove);
  BOOST_TEST(Has(allowed.Play({Run("true")}).Step(kSetUp).log, "allowed by rule \"deploys\""));
}

BOOST_AUTO_TEST_CASE(files_of_the_runner_that_cannot_be_written_refuse_the_job) {
  const std::string remove = "d=${GITHUB_PATH%/*}; rm -r \"$d\"; : >\"$d\"";
  // Without the step guard the job would run otherwise than was decided.
  Spoilt guarded(remove);
  const GitHubRun run = guarded.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "STATE_UNWRITABLE"));
  BOOST_TEST(Has(run.log(), "_runner_file_commands"));

  Spoilt denied(remove);
  denied.job.ref = "refs/heads/try";
  BOOST_TEST(Refused(denied.Play(StubbornSteps()), "NO_RULE_ALLOWS"));
}

BOOST_AUTO_TEST_CASE(variables_that_the_runner_does_not_set_refuse_the_job) {
  for (const char* name : {"RUNNER_TEMP", "RUNNER_NAME", "GITHUB_RUN_ID", "GITHUB_REPOSITORY"}) {
    Spoilt machine(std::string("unset ") + name);
    const GitHubRun run = machine.Play(StubbornSteps());
    BOOST_TEST(Refused(run, "JOB_UNREADABLE"), name);
    BOOST_TEST(Has(run.log(), name));
  }
}

BOOST_AUTO_TEST_CASE(folder_of_the_hooks_that_is_another_s_refuses_the_job) {
  for (const bool is_link : {false, true}) {
    RunnerMachine machine;
    machine.Play({Run("true")});
    const std::string place = machine.place();
    if (is_link) {
      fs::rename(place, machine.Path("elsewhere"));
      fs::create_directory_symlink(machine.Path("elsewhere"), place);
    } else {
      fs::permissions(place, fs::perms::all);
    }
    const GitHubRun run = machine.Play(StubbornSteps());
    BOOST_TEST(Refused(run, "STATE_UNWRITABLE"));
    BOOST_TEST(Has(run.log(), "remove it: the next job makes it again"));
  }
}

BOOST_AUTO_TEST_CASE(endpoint_that_answers_garbage_slowly_ends_with_the_patience) {
  RunnerMachine machine;
  machine.config.insert(machine.config.find("\n\n[[allow]]") + 1,
                        "[issuer.keys]\ntimeout = \"1s\"\n");
  machine.endpoint.Always(
      Answer{.body = std::string(10'000, '{'), .drip_pause = std::chrono::milliseconds(20)});
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "TOKEN_REQUEST_FAILED"));
  BOOST_TEST(Has(run.log(), "no whole answer within 1 s"));
  BOOST_TEST(Has(run.log(), "is it reachable from this machine?"));
  BOOST_TEST(LastRecord(machine)["outcome"] == "error");
}

BOOST_AUTO_TEST_CASE(hook_file_that_is_gone_fails_the_job) {
  RunnerMachine machine;
  machine.host.environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] = machine.Path("opt/absent.sh");
  const GitHubRun run = machine.Play({Run("echo the step ran", "step")});
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(Lacks(run.log(), "the step ran"));
}

BOOST_AUTO_TEST_SUITE_END()
