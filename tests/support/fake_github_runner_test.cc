#include "tests/support/fake_github_runner.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden::testing;
using Outcome = GitHubRun::Outcome;

namespace {

// A runner without hooks, and its jobs.
struct Machine {
  Machine() {
    host.program = Program("fake_github_runner");
    host.folder = folder / "runner";
    host.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", folder.path()}};
    host.log_interval = std::chrono::milliseconds(20);
  }
  GitHubRun Play(std::vector<GitHubStep> steps) {
    job.steps = std::move(steps);
    return PlayGitHubJob(job, host);
  }
  void Hook(const std::string& variable, const std::string& script) {
    host.environment[variable] = folder.Write(variable + ".sh", script);
  }

  TempFolder folder;
  GitHubRunnerHost host;
  GitHubJob job = GitHubDeploy();
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

// The real one does not tell these.
boost::test_tools::assertion_result IsFake(boost::unit_test::test_unit_id) {
  return RealRunner().empty();
}

const std::string kStarted = "ACTIONS_RUNNER_HOOK_JOB_STARTED";
const std::string kCompleted = "ACTIONS_RUNNER_HOOK_JOB_COMPLETED";

}  // namespace

BOOST_AUTO_TEST_SUITE(fake_github_runner)

BOOST_AUTO_TEST_CASE(steps_run_in_order_in_the_workspace) {
  Machine machine;
  const GitHubRun run = machine.Play({Checkout({{"a/b.sh", "echo from b"}}), Run("pwd; a/b.sh"),
                                      Run("echo second $GITHUB_ACTION $GITHUB_REF", "two")});
  BOOST_TEST((run.outcome == Outcome::kSucceeded));
  BOOST_TEST(run.Step("__run").log == machine.host.workspace(machine.job) + "\nfrom b\n");
  BOOST_TEST(run.Step("two").log == "second __run_2 refs/heads/main\n");
}

BOOST_AUTO_TEST_CASE(worker_and_listener_have_their_names) {
  Machine machine;
  const GitHubRun run =
      machine.Play({Run("cat /proc/$PPID/comm; readlink /proc/$PPID/exe\n"
                        "up=$(sed -n 's/^PPid:\\t//p' /proc/$PPID/status); cat /proc/$up/comm")});
  BOOST_TEST(run.log() ==
             "Runner.Worker\n" + machine.host.folder + "/bin/Runner.Worker\nRunner.Listener\n");
}

BOOST_AUTO_TEST_CASE(failed_step_skips_all_but_always_and_failure) {
  Machine machine;
  GitHubStep on_failure = Run("echo f", "on failure");
  on_failure.condition = "failure()";
  const GitHubRun run = machine.Play(
      {Run("exit 3", "fails"), Run("echo n", "not"), AlwaysRun("echo a", "always"), on_failure});
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(run.Step("fails").exit_code == 3);
  BOOST_TEST(run.Step("not").conclusion == "skipped");
  BOOST_TEST(run.Step("always").log == "a\n");
  BOOST_TEST(run.Step("on failure").log == "f\n");
  BOOST_TEST(!run.worker_died);
}

BOOST_AUTO_TEST_CASE(failing_hook_does_not_stop_steps_under_always) {
  Machine machine;
  machine.Hook(kStarted, "echo ::error title=No::not%20here%0Atwo; exit 1");
  const GitHubRun run = machine.Play({Run("echo n", "not"), AlwaysRun("echo a", "always")});
  BOOST_TEST(run.Step("Set up runner").conclusion == "failure");
  BOOST_TEST(run.Step("not").conclusion == "skipped");
  BOOST_TEST(run.Step("always").log == "a\n");
  BOOST_REQUIRE(run.annotations.size() == 2U);
  BOOST_TEST(run.annotations[0].title == "No");
  BOOST_TEST(run.annotations[1].message == "Process completed with exit code 1.");
  BOOST_TEST(run.annotations[0].message == "not%20here\ntwo");
}

BOOST_AUTO_TEST_CASE(hook_has_what_the_runner_knows_and_nothing_of_the_workflow) {
  Machine machine;
  machine.job.env = {{"FROM_WORKFLOW", "x"}};
  machine.job.id_token_request_url = "http://127.0.0.1:1/idtoken?a=1";
  machine.job.id_token_request_token = "the-request-token";
  machine.Hook(kStarted, "env");
  const GitHubRun run = machine.Play({Run("env", "env"), Run("env | sort", "again")});
  const std::string& hook = run.Step("Set up runner").log;
  BOOST_TEST(Has(hook, "\nGITHUB_RUN_ID=9301\n"));
  BOOST_TEST(Has(hook, "\nRUNNER_NAME=deploys-1\n"));
  BOOST_TEST(Has(hook, "ACTIONS_ID_TOKEN_REQUEST_TOKEN=***\n"));
  BOOST_TEST(!Has(hook, "FROM_WORKFLOW"));
  BOOST_TEST(Has(run.Step("env").log, "\nFROM_WORKFLOW=x\n"));
  BOOST_TEST(Has(run.Step("again").log, "\nACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:1/"));
}

BOOST_AUTO_TEST_CASE(job_without_permission_gets_no_request_variables_but_the_runners_own) {
  Machine machine;
  machine.host.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = "of the service";
  const GitHubRun run = machine.Play({Run("env | grep ACTIONS_ID_TOKEN")});
  BOOST_TEST(run.log() == "ACTIONS_ID_TOKEN_REQUEST_URL=of the service\n");
}

BOOST_AUTO_TEST_CASE(outputs_of_a_step_are_told, *boost::unit_test::precondition(IsFake)) {
  Machine machine;
  const GitHubRun run = machine.Play({Run("echo o=p >> $GITHUB_OUTPUT", "first")});
  BOOST_TEST(run.Step("first").outputs.at("o") == "p");
}

BOOST_AUTO_TEST_CASE(file_commands_reach_later_steps_and_the_summary) {
  Machine machine;
  machine.Hook(kStarted,
               "mkdir -p $RUNNER_TEMP/front && echo $RUNNER_TEMP/front >> $GITHUB_PATH\n"
               "printf '#!/bin/sh\\necho front $1\\n' > $RUNNER_TEMP/front/mytool\n"
               "chmod +x $RUNNER_TEMP/front/mytool\necho '# hi' >> $GITHUB_STEP_SUMMARY");
  const GitHubRun run = machine.Play(
      {Run("mytool 1; echo A=b >> $GITHUB_ENV; printf 'M<<X\\n1\\n2\\nX\\n' >> $GITHUB_ENV\n"
           "echo GITHUB_RUN_ID=1 >> $GITHUB_ENV",
           "first"),
       Run("echo $A \"$M\" $GITHUB_RUN_ID", "second")});
  BOOST_TEST(run.Step("first").log == "front 1\n");
  BOOST_TEST(run.Step("second").log == "b 1\n2 9301\n");
  BOOST_TEST(run.summary == "# hi\n");
}

BOOST_AUTO_TEST_CASE(shells_are_found_with_the_prepended_parts_first) {
  Machine machine;
  machine.folder.Write("bash", "#!/bin/sh\necho \"mine: $*\"\n");
  std::filesystem::permissions(machine.folder / "bash", std::filesystem::perms::owner_all);
  machine.Hook(kStarted, "echo " + machine.folder.path() + " >> $GITHUB_PATH");
  machine.host.environment[kCompleted] = machine.folder.Write("completed.sh", "echo never");
  GitHubStep with_options = Run(":", "options");
  with_options.shell = "bash";
  const GitHubRun run = machine.Play(
      {Run(":", "plain"), with_options, Action({"/bin/bash", "-c", "echo real"}, "action")});
  BOOST_TEST(Has(run.Step("plain").log, "mine: -e " + machine.host.temp()));
  BOOST_TEST(Has(run.Step("options").log,
                 "mine: --noprofile --norc -e -o pipefail " + machine.host.temp()));
  BOOST_TEST(run.Step("action").log == "real\n");
  BOOST_TEST(run.Step("Complete runner").log ==
             "mine: -e " + machine.folder / "completed.sh" + "\n");
}

BOOST_AUTO_TEST_CASE(pre_and_post_of_an_action_run_whatever_happens) {
  Machine machine;
  GitHubStep action = Action({"/bin/sh", "-c", "echo main"}, "action");
  action.pre = {"/bin/sh", "-c", "echo pre"};
  action.post = {"/bin/sh", "-c", "echo post"};
  machine.Hook(kStarted, "false");
  const GitHubRun run = machine.Play({action});
  BOOST_TEST(Has(run.Step("Pre action").log, "pre\n"));
  BOOST_TEST(Has(run.Step("Post action").log, "post\n"));
  BOOST_TEST(run.Step("action").conclusion == "skipped");
}

BOOST_AUTO_TEST_CASE(worker_that_is_killed_fails_the_job_and_runs_nothing_more) {
  Machine machine;
  machine.Hook(kStarted, "echo told; sleep 0.3; kill -9 $PPID; sleep 0.1; echo too late");
  machine.job.steps = {AlwaysRun("touch " + machine.folder / "ran", "always")};
  const GitHubSession session = PlayGitHubJobs({machine.job, GitHubDeploy()}, machine.host);
  BOOST_REQUIRE(session.runs.size() == 2U);
  BOOST_TEST((session.runs[0].outcome == Outcome::kFailed));
  BOOST_TEST(session.runs[0].worker_died);
  BOOST_TEST(!Has(session.runs[0].log(), "told"));  // of a step that has not ended nothing is kept
  BOOST_TEST(session.runs[0].Step("always").conclusion == "absent");
  BOOST_TEST(!std::filesystem::exists(machine.folder / "ran"));
  BOOST_TEST(session.exit_code == 0);
}

BOOST_AUTO_TEST_CASE(what_a_killed_worker_wrote_on_its_standard_error_is_the_jobs_error) {
  Machine machine;
  machine.Hook(kStarted, "echo told; echo last words >/proc/$PPID/fd/2; kill -9 $PPID");
  const GitHubRun run = machine.Play({Run("echo n")});
  BOOST_TEST(run.worker_died);
  BOOST_TEST(run.crash == "last words\n");
  BOOST_TEST(run.annotations.size() == 0U);
}

// The hook waits for the worker, and the worker for the hook: the worker ends the hook, and then no
// condition is evaluated.
BOOST_AUTO_TEST_CASE(worker_that_is_asked_to_end_runs_nothing_more_and_keeps_what_was_said) {
  Machine machine;
  machine.Hook(kStarted,
               "echo told; echo ::error::why; echo '# no' >> $GITHUB_STEP_SUMMARY\n"
               "trap 'exit 1' INT; kill -TERM $PPID; sleep 20 & wait");
  const std::string touch = "touch " + machine.folder / "ran";
  GitHubStep action = Action({"/bin/sh", "-c", touch}, "action");
  action.pre = action.post = action.main;
  machine.Hook(kCompleted, touch);
  machine.job.steps = {AlwaysRun(touch, "always"), action};
  const GitHubSession session = PlayGitHubJobs({machine.job}, machine.host);
  const GitHubRun& run = session.only();
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(run.Step("Set up runner").conclusion == "cancelled");
  BOOST_TEST(Has(run.Step("Set up runner").log, "told\n"));
  BOOST_TEST(run.annotations.at(0).message == "why");
  BOOST_TEST(run.summary == "# no\n");
  for (const char* step : {"always", "Pre action", "action", "Complete runner"}) {
    BOOST_TEST(run.Step(step).conclusion == "skipped", step);
  }
  BOOST_TEST(!std::filesystem::exists(machine.folder / "ran"));
}

BOOST_AUTO_TEST_CASE(hook_file_that_is_gone_leaves_the_job_its_steps_under_always) {
  Machine machine;
  machine.host.environment[kStarted] = machine.folder / "gone.sh";
  const GitHubRun run = machine.Play({Run("echo n", "not"), AlwaysRun("echo a", "always")});
  BOOST_TEST(run.Step("Set up runner").conclusion == "failure");
  BOOST_TEST(run.annotations.at(0).message == "File doesn't exist");
  BOOST_TEST(run.Step("always").log == "a\n");
}

BOOST_AUTO_TEST_CASE(temporary_folder_is_empty_before_a_job_and_after_it) {
  Machine machine;
  std::filesystem::create_directories(machine.host.temp());
  machine.folder.Write("runner/_work/_temp/old", "");
  const GitHubRun run = machine.Play({Run("ls $RUNNER_TEMP; touch $RUNNER_TEMP/new", "look")});
  BOOST_TEST(!Has(run.Step("look").log, "old"));
  BOOST_TEST(std::filesystem::is_empty(machine.host.temp()));
}

BOOST_AUTO_TEST_CASE(shell_is_not_looked_for_in_the_path_of_the_job) {
  Machine machine;
  machine.folder.Write("bash", "#!/bin/sh\necho mine\n");
  std::filesystem::permissions(machine.folder / "bash", std::filesystem::perms::owner_all);
  machine.job.env["PATH"] = machine.folder.path() + ":/usr/bin:/bin";
  const GitHubRun run = machine.Play({Run("echo real; command -v bash", "look")});
  BOOST_TEST(run.Step("look").log == "real\n" + machine.folder / "bash" + "\n");
}

BOOST_AUTO_TEST_CASE(without_a_bash_steps_and_hooks_run_with_sh) {
  Machine machine;
  std::filesystem::create_directory(machine.folder / "bin");
  for (const char* name : {"sh", "readlink"}) {
    std::filesystem::create_symlink(std::string("/bin/") + name,
                                    machine.folder / "bin" + "/" + name);
  }
  machine.host.environment["PATH"] = machine.folder / "bin";
  const std::string look = "readlink /proc/$$/exe; echo $0";
  machine.Hook(kStarted, look);
  const GitHubRun run = machine.Play({Run(look, "look")});
  BOOST_TEST(!Has(run.log(), "bash"));
  BOOST_TEST((run.outcome == Outcome::kSucceeded));
}

BOOST_AUTO_TEST_CASE(shutdown_of_the_listener_evaluates_no_condition) {
  Machine machine;
  machine.host.interrupt_at = "waiting";
  machine.job.steps = {Run("trap 'echo asked; exit 9' INT\necho waiting; sleep 20 & wait", "waits"),
                       AlwaysRun("echo a", "always")};
  const GitHubSession session = PlayGitHubJobs({machine.job, GitHubDeploy()}, machine.host);
  const GitHubRun& run = session.only();  // the second job is not taken
  BOOST_TEST((run.outcome == Outcome::kFailed));
  BOOST_TEST(run.Step("waits").conclusion == "cancelled");
  BOOST_TEST(run.Step("waits").log == "waiting\nasked\n##[error]The operation was canceled.\n");
  BOOST_TEST(run.Step("always").conclusion == "skipped");
}

BOOST_AUTO_TEST_CASE(masks_hold_in_log_and_annotations) {
  Machine machine;
  const GitHubRun run = machine.Play(
      {Run("echo ::add-mask::hunter2; echo is hunter2 x; echo ::warning::it is hunter2")});
  BOOST_TEST(run.log() == "is *** x\n##[warning]it is ***\n");
  BOOST_TEST(run.annotations.at(0).message == "it is ***");
}

BOOST_AUTO_TEST_CASE(container_hook_gets_commands_on_its_standard_input) {
  Machine machine;
  machine.job.container = GitHubContainer{"debian:12", {{"IN", "side"}}, {"redis"}};
  machine.Hook("ACTIONS_RUNNER_CONTAINER_HOOKS",
               "input=$(cat); echo \"$input\"\n"
               "file=$(echo \"$input\" | sed 's/.*\"responseFile\":\"\\([^\"]*\\).*/\\1/')\n"
               "echo '{\"state\":{\"pod\":\"p1\"},\"isAlpine\":false}' > $file");
  GitHubStep docker;
  docker.name = "docker";
  docker.image = "alpine";
  const GitHubRun run = machine.Play({Run("echo x", "script"), docker});
  BOOST_TEST((run.outcome == Outcome::kSucceeded), run.log());
  BOOST_TEST(Has(run.Step("Initialize containers").log, R"("image":"debian:12")"));
  const std::string& log = run.Step("script").log;
  BOOST_TEST_MESSAGE(log);
  const auto call = nlohmann::json::parse(log);
  BOOST_TEST(call["command"] == "run_script_step");
  BOOST_TEST(call["state"]["pod"] == "p1");
  BOOST_TEST(call["args"]["entryPoint"] == "sh");
  BOOST_TEST(call["args"]["environmentVariables"]["GITHUB_RUN_ID"] == "9301");
  BOOST_TEST(Has(run.Step("docker").log, R"("command":"run_container_step")"));
  BOOST_TEST(Has(run.Step("Stop containers").log, R"("command":"cleanup_job")"));
}

BOOST_AUTO_TEST_CASE(runner_that_requires_a_container_refuses_a_job_without) {
  Machine machine;
  machine.host.environment["ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER"] = "true";
  machine.Hook(kStarted, "echo hook");
  const GitHubRun run = machine.Play({Run("echo n", "not")});
  BOOST_TEST(run.Step("Set up job").conclusion == "failure");
  BOOST_TEST(run.Step("not").conclusion == "absent");
  BOOST_TEST(!Has(run.log(), "hook"));
}

BOOST_AUTO_TEST_CASE(javascript_hook_is_started_with_the_runners_own_node,
                     *boost::unit_test::precondition(IsFake)) {
  Machine machine;
  machine.host.node = "/bin/echo";
  const std::string hook = machine.folder.Write("completed.js", "");
  machine.host.environment[kCompleted] = hook;
  const GitHubRun run = machine.Play({Run("true")});
  BOOST_TEST(run.Step("Complete runner").log == hook + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
