// Jobs in containers behind the container hook, which the runner's own node starts. What stands for
// a container hook of the administrator's is a small script: it notes what it was given.

#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "hooks/github/runner_folder.h"
#include "tests/e2e/github/runner_machine.h"
#include "tests/hooks/github/environment_of.h"
#include "tests/support/child.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

const std::string kUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
const std::string kToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
const std::string kAsks = "curl \"$" + kUrl + "\"";

// Notes message and environment as 1.json and 1.env, 2.json …, and answers as the runner expects.
// As a container would, it runs the script of the step, in what is mounted there.
constexpr const char* kNotes = R"sh(cd CALLS
n=$(ls | grep -c json || true)
cat > $n.json
env > $n.env
file=$(sed 's/.*"responseFile":"\([^"]*\).*/\1/' $n.json)
[ -f "$file" ]
echo '{"state":{"pod":"p1"}}' > "$file"
script=$(grep -o '/__w/_temp/step-[0-9]*\.sh' $n.json | sed s:/__w:WORK:)
[ -n "$script" ] || exit 0
GITHUB_PATH=$(sed 's/.*"GITHUB_PATH":"\([^"]*\).*/\1/;s:/__w:WORK:' $n.json) \
  exec /bin/bash -e "$script"
)sh";

class Machine : public RunnerMachine {
 public:
  Machine() {
    fs::create_directory(Path("calls"));
    host.node = JOBWARDEN_NODE;
    host.environment["ACTIONS_RUNNER_CONTAINER_HOOKS"] = Path("opt/container.js");
    job.container = GitHubContainer{"debian:12", {{"IN", "side"}}, {"redis"}};
    Wrap("notes.sh", kNotes);
    decision.outcome = Outcome::kAllow;
    decision.mode = "enforce";
    decision.provider = "github";
    decision.job_id = job.run_id;
    decision.job_project = job.repository;
  }

  // Makes this text the wrapped hook.
  void Wrap(const std::string& name, std::string text) {
    for (const auto& [word, path] :
         {std::pair{"CALLS", Path("calls")}, std::pair{"WORK", host.work()}}) {
      for (auto at = text.find(word); at != text.npos; at = text.find(word, at + path.size())) {
        text.replace(at, std::string(word).size(), path);
      }
    }
    fs::permissions(folder.Write(name, text), fs::perms::owner_all);
    Set("container_hooks", "[\"" + Path(name) + "\", \"argument\"]");
  }
  // Sets a key of [github].
  void Set(const std::string& key, const std::string& value) {
    const auto old = config.find(key + " = ");
    if (old != config.npos) config.erase(old, config.find('\n', old) - old + 1);
    config.insert(config.find("shared_user"), key + " = " + value + "\n");
  }

  // With a verdict of the test's own.
  GitHubRun PlaySteps(std::vector<GitHubStep> steps) {
    steps.insert(steps.begin(), Checkout({{"README.md", ""}}));
    host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
    LeaveVerdict();
    return Play(std::move(steps));
  }

  // What the wrapped hook was given; the first call is prepare_job.
  Json Message(int call) const {
    return Json::parse(Slurp(Path("calls/" + std::to_string(call) + ".json")));
  }
  std::string EnvironmentOfCall(int call) const {
    return Slurp(Path("calls/" + std::to_string(call) + ".env"));
  }
  bool MayRequest(int call) const {
    const Json variables = Message(call)["args"]["environmentVariables"];
    BOOST_TEST(variables.contains(kUrl) == variables.contains(kToken));
    return variables.contains(kToken);
  }
  // By what a verdict is found.
  testing::Environment VerdictEnvironment() const {
    return {{"RUNNER_NAME", host.name},
            {"RUNNER_TEMP", host.temp()},
            {"GITHUB_RUN_ID", job.run_id},
            {"GITHUB_RUN_ATTEMPT", job.run_attempt},
            {"GITHUB_REPOSITORY", job.repository}};
  }
  std::size_t calls() const {
    std::size_t count = 0;
    for (const auto& file : fs::directory_iterator(Path("calls"))) {
      count += file.path().extension() == ".json" ? 1 : 0;
    }
    return count;
  }

  Record decision;
  bool has_verdict = true;

 private:
  void LeaveVerdict() const {
    if (!has_verdict) return;
    Config settings;
    settings.state_dir = Path("state");
    const auto environment = EnvironmentOf(VerdictEnvironment());
    const auto runner = FindRunnerFolder(settings, environment);
    BOOST_REQUIRE(runner);
    BOOST_REQUIRE(MakeRunnerFolder(*runner));
    BOOST_REQUIRE(WriteVerdict(*runner, environment, decision));
  }
};

GitHubStep DockerAction() {
  GitHubStep step;
  step.name = "docker";
  step.image = "alpine";
  return step;
}

Record Denied(Record record) {
  record.id = "7k3m9qxa2b4c5d6e";
  record.outcome = Outcome::kDeny;
  record.findings = {{Code::kForkDenied, "fork of \"mallory\"", "ask a maintainer"}};
  return record;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(container)

BOOST_AUTO_TEST_CASE(allowed_job_reaches_the_wrapped_hook_with_all_its_commands) {
  Machine machine;
  const GitHubRun run = machine.PlaySteps({Run("echo from the step", "step"), DockerAction()});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(run.Step("step").log == "from the step\n");
  BOOST_TEST(machine.calls() == 4U);
  BOOST_TEST(machine.Message(0)["command"] == "prepare_job");
  BOOST_TEST(machine.Message(0)["args"]["container"]["environmentVariables"]["IN"] == "side");
  BOOST_TEST(machine.Message(1)["command"] == "run_script_step");
  BOOST_TEST(machine.Message(1)["state"]["pod"] == "p1");
  BOOST_TEST(machine.Message(2)["command"] == "run_container_step");
  BOOST_TEST(machine.Message(3)["command"] == "cleanup_job");
}

BOOST_AUTO_TEST_CASE(job_that_job_started_allows_runs_in_its_container) {
  Machine machine;
  const GitHubRun run =
      machine.Play({Checkout({{"README.md", ""}}), Run("echo from the step", "step")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(run.Step("step").log == "from the step\n");
  BOOST_TEST(!machine.MayRequest(1));
  BOOST_TEST(machine.calls() == 3U);
}

BOOST_AUTO_TEST_CASE(job_that_job_started_refuses_starts_no_container_for_steps_that_always_run) {
  Machine machine;
  machine.Set("on_deny", "\"fail-step\"");
  machine.job.ref = "refs/heads/try";
  const GitHubRun run = machine.Play({AlwaysRun("true", "always")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kFailed));
  BOOST_TEST(run.Step("always").exit_code == 1);
  BOOST_TEST(Has(run.Step("always").log, "jobwarden: NO_RULE_ALLOWS: "));
  BOOST_TEST(machine.calls() == 0U);
}

BOOST_AUTO_TEST_CASE(steps_that_name_the_variables_have_them_and_others_have_not) {
  Machine machine;
  const GitHubRun run = machine.PlaySteps(
      {Checkout({{"ci/ask.sh", kAsks}, {"ci/build.sh", "make"}}), Run("true", "plain"),
       Run("true " + kUrl, "names"), Run("true ci/ask.sh", "calls"),
       Run("true /__w/checkout/checkout/ci/ask.sh", "path"), Run("true ci/build.sh", "builds"),
       DockerAction()});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(!machine.MayRequest(1));
  BOOST_TEST(machine.MayRequest(2));
  BOOST_TEST(machine.MayRequest(3));
  BOOST_TEST(machine.MayRequest(4));
  BOOST_TEST(!machine.MayRequest(5));
  BOOST_TEST(machine.MayRequest(6));
  BOOST_TEST(machine.Message(1)["args"]["environmentVariables"]["GITHUB_RUN_ID"] == "9301");
  BOOST_TEST(Lacks(run.log(), "jobwarden"));
}

BOOST_AUTO_TEST_CASE(commands_that_an_administrator_names_count_as_on_the_host) {
  Machine machine;
  machine.config += "[exposure.consumers]\n" + kUrl + " = [\"deploy-tool\", \"our publish\"]\n";
  const GitHubRun run =
      machine.PlaySteps({Checkout({{"ci/up.sh", "deploy-tool up"}}), Run(": deploy-tool login"),
                         Run(": our --quiet publish"), Run(": ci/up.sh"), Run(": our push")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  for (const int call : {1, 2, 3}) BOOST_TEST(machine.MayRequest(call), call);
  BOOST_TEST(!machine.MayRequest(4));
}

BOOST_AUTO_TEST_CASE(javascript_action_keeps_them) {
  Machine machine;
  machine.PlaySteps({Action({machine.host.node_path(), "/action/index.js"})});
  BOOST_TEST(machine.Message(1)["args"]["entryPoint"] == "/__e/node20/bin/node");
  BOOST_TEST(machine.MayRequest(1));
}

BOOST_AUTO_TEST_CASE(step_of_which_not_all_is_seen_keeps_them_and_says_so) {
  Machine machine;
  GitHubStep step = Run("true", "custom");
  step.shell = "perl /opt/in-the-image.pl";
  const GitHubRun run = machine.PlaySteps({step});
  BOOST_TEST(machine.MayRequest(1));
  BOOST_TEST(Has(run.Step("custom").log, "jobwarden: this step may request id_tokens"));
}

BOOST_AUTO_TEST_CASE(listed_steps_alone_have_them) {
  Machine machine;
  machine.Set("step_tokens", "\"listed\"");
  machine.Set("keep_steps", "[\"mint\"]");
  GitHubStep mint = Run("true");
  mint.id = "mint";
  machine.PlaySteps({Run(": " + kUrl), mint, DockerAction()});
  BOOST_TEST(!machine.MayRequest(1));
  BOOST_TEST(machine.MayRequest(2));
  BOOST_TEST(!machine.MayRequest(3));
}

BOOST_AUTO_TEST_CASE(kept_step_has_them_and_no_workflow_can_speak_for_one) {
  Machine machine;
  machine.Set("keep_steps", "[\"mint\"]");
  GitHubStep mint = Run("true");
  mint.id = "mint";
  GitHubStep other = Run("true");
  other.env["GITHUB_ACTION"] = "mint";
  machine.PlaySteps({mint, other});
  BOOST_TEST(machine.MayRequest(1));
  BOOST_TEST(!machine.MayRequest(2));
}

BOOST_AUTO_TEST_CASE(all_steps_have_them_where_the_configuration_says_so) {
  Machine machine;
  machine.Set("step_tokens", "\"all\"");
  machine.PlaySteps({Run("true"), DockerAction()});
  BOOST_TEST(machine.MayRequest(1));
  BOOST_TEST(machine.MayRequest(2));
}

BOOST_AUTO_TEST_CASE(containers_and_services_never_have_them) {
  Machine machine;
  machine.Set("step_tokens", "\"all\"");
  machine.job.container->env[kUrl] = "u";
  machine.job.container->env[kToken] = "t";
  machine.PlaySteps({});
  BOOST_TEST(machine.Message(0)["args"]["container"]["environmentVariables"].dump() ==
             R"({"IN":"side"})");
  BOOST_TEST(machine.Message(0)["args"]["services"][0]["image"] == "redis");
}

BOOST_AUTO_TEST_CASE(wrapped_hook_itself_has_them_never) {
  Machine machine;
  machine.host.environment["ADMIN"] = "sets this";
  machine.PlaySteps({Run(": " + kUrl)});
  for (int call = 0; call < 3; ++call) {
    const std::string environment = machine.EnvironmentOfCall(call);
    BOOST_TEST(Has(environment, "ADMIN=sets this\n"));
    BOOST_TEST(Has(environment, "GITHUB_RUN_ID=9301\n"));
    BOOST_TEST(Lacks(environment, "ID_TOKEN"));
    BOOST_TEST(Lacks(environment, "JOBWARDEN"));
  }
}

BOOST_AUTO_TEST_CASE(job_without_a_verdict_starts_nothing) {
  Machine machine;
  machine.has_verdict = false;
  const GitHubRun run = machine.PlaySteps({AlwaysRun("true", "always")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kFailed));
  BOOST_TEST(run.Step("Initialize containers").exit_code == 1);
  BOOST_TEST(Has(run.Step("Initialize containers").log, "jobwarden: VERDICT_MISSING: "));
  BOOST_TEST(Has(run.Step("Initialize containers").log, "jobwarden: ask #ci-platform\n"));
  BOOST_TEST(run.Step("always").exit_code == 1);
  BOOST_TEST(Has(run.Step("always").log, "jobwarden: VERDICT_MISSING: "));
  BOOST_TEST(machine.calls() == 0U);
}

BOOST_AUTO_TEST_CASE(verdict_of_another_run_is_none) {
  Machine machine;
  machine.decision.job_id = "9300";
  const GitHubRun run = machine.PlaySteps({AlwaysRun("true", "always")});
  BOOST_TEST(Has(run.Step("always").log, "VERDICT_MISSING: the verdict is about another job"));
  BOOST_TEST(machine.calls() == 0U);
}

BOOST_AUTO_TEST_CASE(denied_job_starts_nothing_and_is_told_why) {
  Machine machine;
  machine.decision = Denied(machine.decision);
  const GitHubRun run = machine.PlaySteps({AlwaysRun("true", "always")});
  for (const char* name : {"Initialize containers", "always"}) {
    BOOST_TEST(run.Step(name).exit_code == 1);
    BOOST_TEST(Has(run.Step(name).log, "FORK_DENIED: fork of \"mallory\"\n"));
    BOOST_TEST(Has(run.Step(name).log, "ask a maintainer\n"));
    BOOST_TEST(Has(run.Step(name).log, "jobwarden: decision 7k3m9qxa2b4c5d6e refused this job\n"));
    BOOST_TEST(Has(run.Step(name).log, "jobwarden: ask #ci-platform\n"));
  }
  BOOST_TEST(machine.calls() == 0U);
}

// A job that a verdict let in, and that has none any more when it ends.
BOOST_AUTO_TEST_CASE(what_is_there_is_cleaned_up_without_a_verdict) {
  Machine machine;
  const GitHubRun run = machine.PlaySteps(
      {Run("rm -r " + machine.Path("state"), "removes"), AlwaysRun("true", "refused")});
  BOOST_TEST(run.Step("refused").exit_code == 1);
  BOOST_TEST(run.Step("Stop containers").conclusion == "success");
  BOOST_TEST(machine.calls() == 3U);
  BOOST_TEST(machine.Message(2)["command"] == "cleanup_job");
  BOOST_TEST(Lacks(machine.EnvironmentOfCall(2), "ID_TOKEN"));
}

BOOST_AUTO_TEST_CASE(report_mode_refuses_nothing_and_strips_nothing) {
  for (const bool has_verdict : {true, false}) {
    Machine machine;
    machine.config.insert(0, "mode = \"report\"\n");
    machine.has_verdict = has_verdict;
    machine.decision = Denied(machine.decision);
    const GitHubRun run = machine.PlaySteps({Run("true", "step")});
    BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
    BOOST_TEST(machine.MayRequest(1));
    BOOST_TEST(Has(machine.EnvironmentOfCall(1), kToken));
    BOOST_TEST(Has(run.Step("step").log, has_verdict ? "jobwarden: warning: FORK_DENIED"
                                                     : "jobwarden: warning: VERDICT_MISSING"));
  }
}

BOOST_AUTO_TEST_CASE(exposure_in_report_mode_strips_nothing) {
  Machine machine;
  machine.config += "[exposure]\nmode = \"report\"\n";
  const GitHubRun run = machine.PlaySteps({Run("true", "step")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(machine.MayRequest(1));
}

BOOST_AUTO_TEST_CASE(verdict_that_is_not_enforced_strips_nothing) {
  Machine machine;
  machine.decision = Denied(machine.decision);
  machine.decision.enforced = false;
  const GitHubRun run = machine.PlaySteps({Run("true", "step")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(machine.MayRequest(1));
  BOOST_TEST(Has(machine.EnvironmentOfCall(1), kToken));
}

BOOST_AUTO_TEST_CASE(exit_status_and_output_are_the_wrapped_hooks) {
  Machine machine;
  machine.Wrap("fails.sh", "echo to the log; echo and here >&2; echo $1; exit 7");
  const GitHubRun run = machine.PlaySteps({});
  const GitHubStepRun& step = run.Step("Initialize containers");
  BOOST_TEST(step.exit_code == 7);
  for (const char* line : {"to the log\n", "and here\n", "argument\n"}) {
    BOOST_TEST(Has(step.log, line));
  }
}

BOOST_AUTO_TEST_CASE(hook_that_is_killed_fails_as_a_shell_would_have_it) {
  Machine machine;
  machine.Wrap("dies.sh", "kill -9 $$");
  BOOST_TEST(machine.PlaySteps({}).Step("Initialize containers").exit_code == 137);
}

BOOST_AUTO_TEST_CASE(hook_that_is_absent_or_not_named_is_said) {
  Machine machine;
  fs::remove(machine.Path("notes.sh"));
  BOOST_TEST(Has(machine.PlaySteps({}).Step("Initialize containers").log,
                 "jobwarden: CONFIG_INVALID: github.container_hooks: \"" +
                     machine.Path("notes.sh") + "\": No such file or directory"));
  const auto line = machine.config.find("container_hooks");
  machine.config.erase(line, machine.config.find('\n', line) - line);
  const GitHubRun run = machine.PlaySteps({});
  BOOST_TEST(run.Step("Initialize containers").exit_code == 1);
  BOOST_TEST(Has(run.Step("Initialize containers").log, "expected the container hook"));
}

BOOST_AUTO_TEST_CASE(hook_files_without_their_program_refuse) {
  Machine machine;
  machine.PlaySteps({});
  const auto calls = machine.calls();
  fs::remove(machine.Path("opt/jobwarden-hook"));
  fs::create_symlink(machine.Path("absent"), machine.Path("opt/jobwarden-hook"));
  const GitHubRun run = machine.PlaySteps({});
  BOOST_TEST(run.Step("Initialize containers").exit_code == 1);
  BOOST_TEST(Has(run.Step("Initialize containers").log, "jobwarden: container hook: ENOENT\n"));
  BOOST_TEST(machine.calls() == calls);
}

BOOST_AUTO_TEST_CASE(javascript_hook_is_run_by_the_runners_own_node) {
  Machine machine;
  machine.Wrap("index.js",
               "const fs = require('fs')\n"
               "const m = JSON.parse(fs.readFileSync(0))\n"
               "fs.writeFileSync(m.responseFile, '{}')\n"
               "console.log(m.command + ' by ' + process.execPath + ' ' + process.argv[2])\n");
  const GitHubRun run = machine.PlaySteps({});
  BOOST_TEST(run.Step("Initialize containers").log ==
             "prepare_job by " + fs::canonical(JOBWARDEN_NODE).string() + " argument\n");
}

BOOST_AUTO_TEST_CASE(program_of_any_kind_may_be_wrapped) {
  Machine machine;
  machine.Wrap("program", "#!/bin/sh\ncat | wc -l\n");
  BOOST_TEST(machine.PlaySteps({}).Step("Initialize containers").log == "1\n");
}

// From a step that runs in the container: it names the folder on this machine where its files lie.
BOOST_AUTO_TEST_CASE(programs_that_a_job_put_first_on_path_are_never_started) {
  Machine machine;
  machine.job.container->services = {};
  const std::string bin = machine.host.temp() + "/bin";
  std::string plants = "mkdir -p " + bin + "\n";
  plants += "for name in bash sh node env cat jobwarden-hook; do printf '#!/bin/sh\\n/bin/touch " +
            machine.Path("owned") + "\\nexit 1\\n' > " + bin + "/$name; chmod +x " + bin +
            "/$name; done\n";
  const GitHubRun run = machine.PlaySteps(
      {Run(plants + "test -x " + bin + "/bash && echo " + bin + " >> $GITHUB_PATH", "plants"),
       Run("echo fine", "after")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(run.Step("after").log == "fine\n");
  BOOST_TEST(machine.Message(2)["args"]["prependPath"][0] == bin);
  BOOST_TEST(Lacks(machine.EnvironmentOfCall(2), "PATH=" + bin));
  BOOST_TEST(!fs::exists(machine.Path("owned")));
}

// The runner signals what it started, container.js, and nothing below that.
ChildResult Signalled(Machine& machine, const std::string& hook, int signal) {
  machine.Wrap("hook.sh", "[ -n \"$WAITS\" ] || exit 0\n" + hook);
  machine.PlaySteps({});
  ChildOptions child;
  child.command = {JOBWARDEN_NODE, machine.Path("opt/container.js")};
  child.environment = machine.VerdictEnvironment();
  child.environment["WAITS"] = "1";
  child.input = R"({"command":"run_script_step","args":{}})";
  child.limit = std::chrono::milliseconds(20'000);
  bool told = false;
  child.on_output = [&](pid_t container, const std::string& log) {
    if (!told && log.find("waits") != log.npos) told = kill(container, signal) == 0;
  };
  return RunChild(child);
}

BOOST_AUTO_TEST_CASE(signals_reach_the_wrapped_hook) {
  for (const auto& [name, signal] : {std::pair{"INT", SIGINT}, std::pair{"TERM", SIGTERM}}) {
    Machine machine;
    const ChildResult result = Signalled(machine,
                                         std::string("trap 'echo was told; kill %1; exit 3' ") +
                                             name + "\nsleep 60 &\necho waits\nwait $!\n",
                                         signal);
    BOOST_TEST(result.exit_code == 3);
    BOOST_TEST(Has(result.log, "was told\n"));
  }
}

BOOST_AUTO_TEST_CASE(wrapped_hook_does_not_outlive_what_the_runner_kills) {
  Machine machine;
  const ChildResult result =
      Signalled(machine, "echo waits\nwhile :; do sleep 0.1; done\n", SIGKILL);
  BOOST_TEST(result.exit_code == 137);
  // It held the output.
  BOOST_TEST(!result.hung);
}

BOOST_AUTO_TEST_CASE(no_value_of_a_message_reaches_a_log_or_a_file) {
  Machine machine;
  machine.job.env["DEPLOY_KEY"] = "hunter2";
  machine.has_verdict = false;
  const GitHubRun run = machine.PlaySteps({AlwaysRun("true")});
  BOOST_TEST(Lacks(run.log(), "hunter2"));
  BOOST_TEST(Lacks(run.log(), machine.job.id_token_request_token));
}

BOOST_AUTO_TEST_SUITE_END()
