// Whole jobs behind the guard. A small script does what the job-started hook does about it.

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "hooks/github/guard_folder.h"
#include "tests/e2e/github/guard_folder.h"
#include "tests/support/fake_github_runner.h"
#include "tests/support/has.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

constexpr const char* kPath = "/usr/local/bin:/usr/bin:/bin";
const std::string kCount = "env | grep -c ID_TOKEN_REQUEST || true";

struct Machine {
  explicit Machine(const GuardSettings& settings = Allowed()) {
    BOOST_REQUIRE(MakeGuardFolder(folder / "guard", settings, kPath));
    host.program = Program("fake_github_runner");
    host.folder = folder / "runner";
    host.environment = {
        {"PATH", kPath},
        {"HOME", folder.path()},
        {"ACTIONS_RUNNER_HOOK_JOB_STARTED",
         folder.Write("started.sh", "echo " + (folder / "guard") + " >> $GITHUB_PATH\n" +
                                        (settings.allowed ? "" : "exit 1\n"))}};
    host.log_interval = std::chrono::milliseconds(20);
    job.id_token_request_url = "http://127.0.0.1:1/idtoken?a=b";
    job.id_token_request_token = "the-request-token-of-this-job";
  }
  GitHubRun Play(std::vector<GitHubStep> steps) {
    job.steps = std::move(steps);
    return PlayGitHubJob(job, host);
  }

  TempFolder folder;
  GitHubRunnerHost host;
  GitHubJob job = GitHubDeploy();
};

GitHubStep With(const std::string& shell, GitHubStep step) {
  step.shell = shell;
  return step;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guarded_job)

BOOST_AUTO_TEST_CASE(run_step_that_prints_its_environment_shows_nothing) {
  Machine machine;
  const GitHubRun run = machine.Play(
      {Run("env", "plain"), With("bash", Run("env", "bash")), With("sh", Run("env", "sh"))});
  for (const char* name : {"plain", "bash", "sh"}) {
    BOOST_TEST(run.Step(name).conclusion == "success");
    BOOST_TEST(Has(run.Step(name).log, "GITHUB_RUN_ID=9301\n"));
    BOOST_TEST(Lacks(run.Step(name).log, "ACTIONS_ID_TOKEN"));
  }
}

BOOST_AUTO_TEST_CASE(javascript_action_keeps_its_token) {
  Machine machine;
  const GitHubRun run = machine.Play({Action({"/bin/sh", "-c", kCount}, "action")});
  BOOST_TEST(run.Step("action").log == "2\n");
}

BOOST_AUTO_TEST_CASE(step_that_names_the_variables_gets_them_anew_after_one_that_does_not) {
  Machine machine;
  const GitHubRun run = machine.Play(
      {Checkout({{"ci/ask.sh", "env | grep -c ID_TOKEN_REQUEST; : $ACTIONS_ID_TOKEN_REQUEST_URL"}}),
       Run(kCount, "first"), Run("ci/ask.sh", "second"), Run(kCount, "third"),
       Run(kCount + "; : npm publish", "fourth")});
  BOOST_TEST(run.Step("first").log == "0\n");
  BOOST_TEST(run.Step("second").log == "2\n");
  BOOST_TEST(run.Step("third").log == "0\n");
  BOOST_TEST(run.Step("fourth").log == "2\n");
}

BOOST_AUTO_TEST_CASE(step_in_a_folder_of_its_own_is_followed_there) {
  Machine machine;
  GitHubStep step = Run("make deploy", "deploy");
  step.working_directory = "infra";
  const GitHubRun run = machine.Play(
      {Checkout({{"infra/Makefile", "deploy:\n\t@./up.sh\n"},
                 {"infra/up.sh", "#!/bin/sh\necho \"${#ACTIONS_ID_TOKEN_REQUEST_TOKEN}\"\n"}}),
       step});
  BOOST_TEST(run.Step("deploy").log == "29\n");
}

BOOST_AUTO_TEST_CASE(earlier_step_cannot_speak_for_a_later_one) {
  GuardSettings settings = Allowed();
  settings.keep_steps = {"mint"};
  Machine machine(settings);
  const GitHubRun run = machine.Play(
      {Run("echo GITHUB_ACTION=mint >> $GITHUB_ENV\necho PATH=/usr/bin:/bin >> $GITHUB_ENV\n"
           "echo GITHUB_WORKSPACE=/ >> $GITHUB_ENV",
           "first"),
       Run(kCount, "second")});
  BOOST_TEST(run.Step("second").log == "0\n");
}

BOOST_AUTO_TEST_CASE(denied_job_whose_steps_are_all_always_runs_none) {
  Machine machine(Denied("refused: this runner takes no forks"));
  const std::string touch = "touch " + (machine.folder / "ran");
  GitHubStep failure = Run(touch, "failure");
  failure.condition = "failure()";
  const GitHubRun run = machine.Play({AlwaysRun(touch, "plain"), With("sh", AlwaysRun(touch, "sh")),
                                      With("bash", AlwaysRun(touch, "bash")),
                                      With("python", AlwaysRun("open('ran', 'w')", "python")),
                                      With("pwsh", AlwaysRun("echo x > ran", "pwsh")), failure});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kFailed));
  // This machine may have no python and no pwsh: then the guard is not asked, and nothing runs.
  for (const char* name : {"python", "pwsh"}) BOOST_TEST(run.Step(name).conclusion == "failure");
  for (const char* name : {"plain", "sh", "bash", "failure"}) {
    BOOST_TEST(run.Step(name).conclusion == "failure");
    BOOST_TEST(run.Step(name).exit_code == 1);
    BOOST_TEST(Has(run.Step(name).log, "jobwarden: refused: this runner takes no forks\n"));
  }
  BOOST_TEST(!fs::exists(machine.folder / "ran"));
  BOOST_TEST(!fs::exists(machine.host.workspace(machine.job) + "/ran"));
}

BOOST_AUTO_TEST_SUITE_END()
