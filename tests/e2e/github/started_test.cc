// Jobs that come to a runner with the job-started hook, as their workflows' authors see them.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

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

BOOST_AUTO_TEST_SUITE(started)

BOOST_AUTO_TEST_CASE(deploy_from_main_runs_and_its_token_was_minted_for_this_job_alone) {
  RunnerMachine machine;
  BOOST_TEST(Allowed(machine.Play({Run("echo deploying", "deploy")})));
  BOOST_REQUIRE(machine.endpoint.audiences().size() == 1U);
  const std::string audience = machine.endpoint.audiences().front();
  BOOST_TEST(audience.starts_with(std::string(kGitHubRunnerAudience) + "/"));
  BOOST_TEST(Allowed(machine.Play({Run("echo deploying", "deploy")})));
  BOOST_TEST(machine.endpoint.audiences().back() != audience);
  const auto record = LastRecord(machine);
  BOOST_TEST(record["outcome"] == "allow");
  BOOST_TEST(record["bound"] == true);
  BOOST_TEST(record["provider"] == "github");
  BOOST_TEST(record["job"]["id"] == "9301");
  BOOST_TEST(record["job"]["project"] == "shop/checkout");
  BOOST_TEST(record["facts"]["fork"] == false);
}

BOOST_AUTO_TEST_CASE(job_that_github_does_not_count_as_running_yet_waits_for_its_token) {
  RunnerMachine machine;
  machine.endpoint.Queue({{.status = 400}, {.status = 403, .body = "{}"}});
  BOOST_TEST(Allowed(machine.Play({Run("echo deploying", "deploy")})));
  BOOST_TEST(machine.endpoint.requests() == 3);
}

BOOST_AUTO_TEST_CASE(issuer_may_be_an_enterprise_s_or_a_server_of_one_s_own) {
  for (const char* path : {"/octo", "/_services/token"}) {
    RunnerMachine machine(path);
    BOOST_TEST(Allowed(machine.Play({Run("true")})), path);
  }
}

BOOST_AUTO_TEST_CASE(token_of_the_hook_is_nowhere_to_be_found) {
  RunnerMachine machine;
  const GitHubRun run = machine.Play({Run("env; grep -r . \"$RUNNER_TEMP\" || true", "look")});
  BOOST_TEST(Allowed(run));
  const std::string token = machine.endpoint.tokens().at(0);
  BOOST_TEST(Lacks(run.log(), token));
  BOOST_TEST(Lacks(machine.audit(), token));
  for (const auto& file : fs::recursive_directory_iterator(machine.folder.path())) {
    if (file.is_regular_file()) BOOST_TEST(Lacks(Slurp(file.path()), token));
  }
}

BOOST_AUTO_TEST_CASE(own_pull_request_runs_where_a_rule_allows_it) {
  RunnerMachine machine;
  machine.config += "[[allow]]\nname = \"checks\"\nclaims = { event_name = \"pull_request\" }\n";
  machine.job = GitHubPullRequest("shop/checkout");
  const GitHubRun run = machine.Play({Run("true")});
  BOOST_TEST(Has(run.Step(kSetUp).log, "allowed by rule \"checks\""));
  BOOST_TEST((run.outcome == Outcome::kSucceeded));
}

BOOST_AUTO_TEST_CASE(event_that_the_administrator_counts_as_own_runs) {
  for (const GitHubJob& job : {GitHubMergeGroup(), GitHubComment(), GitHubPullRequestTarget()}) {
    RunnerMachine machine;
    machine.job = job;
    machine.config += "[fork]\nevents." + job.event_name +
                      " = \"own\"\n[[allow]]\nname = \"checks\"\nclaims = { event_name = \"" +
                      job.event_name + "\" }\n";
    const GitHubRun run = machine.Play({Run("true")});
    BOOST_TEST((run.outcome == Outcome::kSucceeded), run.log());
    BOOST_TEST(LastRecord(machine)["facts"]["fork"] == false);
  }
}

BOOST_AUTO_TEST_CASE(deployment_of_a_commit_has_no_ref_and_runs_where_a_rule_allows_it) {
  RunnerMachine machine;
  machine.job = GitHubDeploymentOfCommit();
  machine.config +=
      "[fork]\nevents.deployment = \"own\"\n[[allow]]\nname = \"commits\"\n"
      "claims = { event_name = \"deployment\", ref = \"\" }\n";
  const GitHubRun run = machine.Play({Run("echo \"<$GITHUB_REF>\"", "deploy")});
  BOOST_TEST(Has(run.Step(kSetUp).log, "allowed by rule \"commits\""));
  BOOST_TEST(run.Step("deploy").log == "<>\n");
}

BOOST_AUTO_TEST_CASE(job_of_a_repository_that_was_renamed_runs) {
  RunnerMachine machine;
  machine.job.variables["GITHUB_REPOSITORY"] = "shop/checkout-of-old";
  BOOST_TEST(Allowed(machine.Play({Run("true")})));
}

BOOST_AUTO_TEST_CASE(details_that_differ_are_told_and_the_job_runs) {
  RunnerMachine machine;
  machine.job.variables = {{"GITHUB_ACTOR_ID", "6"}, {"GITHUB_SHA", std::string(40, 'a')}};
  const GitHubRun run = machine.Play({Run("true")});
  BOOST_TEST(Allowed(run));
  BOOST_TEST(Has(run.Step(kSetUp).log, "actor_id: expected \"6\", got \"5\""));
  for (const Annotation& annotation : run.annotations) BOOST_TEST(annotation.level == "warning");
  const auto record = LastRecord(machine);
  BOOST_TEST(record["outcome"] == "allow");
  BOOST_REQUIRE(record["findings"].size() == 2U);
  for (const auto& finding : record["findings"]) {
    BOOST_TEST(finding["code"] == "JOB_MISMATCH");
    BOOST_TEST(finding["severity"] == "warning");
  }
}

BOOST_AUTO_TEST_CASE(job_without_the_permission_runs_where_a_tokenless_rule_says_so) {
  RunnerMachine machine;
  machine.may_request = false;
  machine.config +=
      "[[allow]]\nname = \"lint\"\ntokenless = true\nfacts = { job_name = \"deploy\" }\n";
  const GitHubRun run = machine.Play({Run("true")});
  BOOST_TEST(Has(run.Step(kSetUp).log, "allowed by rule \"lint\""));
  BOOST_TEST((run.outcome == Outcome::kSucceeded));
}

BOOST_AUTO_TEST_CASE(report_mode_refuses_nothing_guards_nothing_and_records_all) {
  RunnerMachine machine;
  machine.config.insert(0, "mode = \"report\"\n");
  machine.job.ref = "refs/heads/try";
  const GitHubRun run = machine.Play({Run("env | grep -c ^ACTIONS_ID_TOKEN_REQUEST", "count")});
  BOOST_TEST((run.outcome == Outcome::kSucceeded));
  BOOST_TEST(Has(run.Step(kSetUp).log, "report mode: would be denied"));
  BOOST_TEST(run.Step("count").log == "2\n");
  for (const Annotation& annotation : run.annotations) BOOST_TEST(annotation.level == "warning");
  BOOST_TEST(LastRecord(machine)["outcome"] == "deny");
  BOOST_TEST(LastRecord(machine)["enforced"] == false);
}

BOOST_AUTO_TEST_CASE(report_mode_refuses_no_job_for_what_is_wrong_with_the_runner_either) {
  RunnerMachine no_state;
  no_state.config.insert(0, "mode = \"report\"\n");
  no_state.folder.Write("state", "no folder");
  const GitHubRun unasked = no_state.Play({Run("echo deploying", "deploy")});
  BOOST_TEST(unasked.Step("deploy").log == "deploying\n");
  BOOST_TEST(Has(unasked.Step(kSetUp).log, "STATE_UNWRITABLE: "));
  BOOST_TEST((unasked.outcome == Outcome::kSucceeded));

  RunnerMachine no_audit;
  no_audit.config.insert(0, "mode = \"report\"\n");
  fs::create_directory(no_audit.Path("audit.jsonl"));
  const GitHubRun unrecorded = no_audit.Play({Run("echo deploying", "deploy")});
  BOOST_TEST(unrecorded.Step("deploy").log == "deploying\n");
  BOOST_TEST(Has(unrecorded.Step(kSetUp).log, "AUDIT_FAILED: "));
  for (const GitHubRun& run : {unasked, unrecorded}) {
    for (const Annotation& annotation : run.annotations) BOOST_TEST(annotation.level == "warning");
  }
}

BOOST_AUTO_TEST_CASE(gits_credentials_leave_the_steps_that_call_no_git,
                     *boost::unit_test::precondition(OfFakeRunner)) {
  const std::string look = "cat .git/config ../../_temp/git-credentials-1.config || true";
  const std::string header = "AUTHORIZATION: basic eDp5";
  RunnerMachine machine;
  machine.SetGitHub("git_credentials = \"strip\"\nstep_tokens = \"all\"\n");
  const GitHubRun run = machine.Play(
      {Checkout(
           {{".git/config", "[http \"https://github.com/\"]\n\textraheader = " + header + "\n"}}),
       Run("echo " + header + " > $RUNNER_TEMP/git-credentials-1.config; : git", "v6"),
       Run(look, "look"), Action({"/bin/sh", "-c", look}, "action"),
       Run(": git fetch; " + look, "fetch")});
  BOOST_TEST(Has(run.Step(kSetUp).log, "run: steps that call no git do not see git's credentials"));
  BOOST_TEST(Lacks(run.Step("look").log, "AUTHORIZATION"));
  for (const char* step : {"action", "fetch"}) {
    const std::string log = run.Step(step).log;
    BOOST_TEST(log.find(header) != log.rfind(header), step);
  }
  BOOST_TEST((run.outcome == Outcome::kSucceeded));
}

BOOST_AUTO_TEST_CASE(steps_request_id_tokens_only_where_they_name_what_it_takes) {
  RunnerMachine machine;
  machine.SetGitHub("step_tokens = \"named\"");
  const GitHubRun run = machine.Play(
      {Run("env | grep -c ^ACTIONS_ID_TOKEN_REQUEST || true", "plain"),
       Run("env | grep -c ^ACTIONS_ID_TOKEN_REQUEST; : $ACTIONS_ID_TOKEN_REQUEST_URL", "names"),
       Action({"/bin/sh", "-c", "env | grep -c ^ACTIONS_ID_TOKEN_REQUEST"}, "action")});
  BOOST_TEST(Allowed(run));
  BOOST_TEST(run.Step("plain").log == "0\n");
  BOOST_TEST(run.Step("names").log == "2\n");
  BOOST_TEST(run.Step("action").log == "2\n");
  BOOST_TEST(Has(run.Step(kSetUp).log, "may not request id_tokens\n"));
}

BOOST_AUTO_TEST_CASE(administrator_may_name_more_commands_that_request_id_tokens) {
  RunnerMachine machine;
  machine.SetGitHub("step_tokens = \"named\"");
  machine.config +=
      "[exposure.consumers]\n"
      "ACTIONS_ID_TOKEN_REQUEST_URL = [\"deploy-tool\", \"our publish\"]\n";
  const std::string count = "env | grep -c ^ACTIONS_ID_TOKEN_REQUEST || true; : ";
  const GitHubRun run = machine.Play({Run(count + "deploy-tool login", "one word"),
                                      Run(count + "our --quiet publish", "two"),
                                      Run(count + "our push", "half"), Run(count, "plain")});
  BOOST_TEST(run.Step("one word").log == "2\n");
  BOOST_TEST(run.Step("two").log == "2\n");
  BOOST_TEST(run.Step("half").log == "0\n");
  BOOST_TEST(run.Step("plain").log == "0\n");
}

BOOST_AUTO_TEST_CASE(listed_steps_alone_request_id_tokens) {
  RunnerMachine machine;
  machine.SetGitHub("step_tokens = \"listed\"\nkeep_steps = [\"mint\"]");
  GitHubStep mint = Run("env | grep -c ^ACTIONS_ID_TOKEN_REQUEST", "mint it");
  mint.id = "mint";
  const GitHubRun run = machine.Play(
      {Run("env | grep -c ^ACTIONS_ID_TOKEN_REQUEST || : $ACTIONS_ID_TOKEN_REQUEST_URL", "names"),
       mint});
  BOOST_TEST(run.Step("names").log == "0\n");
  BOOST_TEST(run.Step("mint it").log == "2\n");
}

BOOST_AUTO_TEST_CASE(all_steps_request_id_tokens_where_there_is_no_guard) {
  RunnerMachine machine;
  machine.SetGitHub("step_tokens = \"all\"");
  const GitHubRun run = machine.Play({Run("env | grep -c ^ACTIONS_ID_TOKEN_REQUEST", "count")});
  BOOST_TEST(Allowed(run));
  BOOST_TEST(run.Step("count").log == "2\n");
  BOOST_TEST(!fs::exists(machine.place() + "/guard"));
}

BOOST_AUTO_TEST_SUITE_END()
