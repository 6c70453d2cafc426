// Which jobs the job-started hook refuses, as their workflows' authors see them.

#include <boost/test/unit_test.hpp>

#include "tests/e2e/github/refused_job.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(denied)

BOOST_AUTO_TEST_CASE(wrong_branch_is_refused_and_no_step_runs_not_even_under_always) {
  RunnerMachine machine;
  machine.job.ref = "refs/heads/try";
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "NO_RULE_ALLOWS"));
  const std::string& log = run.Step(kSetUp).log;
  BOOST_TEST(Has(log, "jobwarden: denied, 1 reason:\n"));
  BOOST_TEST(Has(log, "\"refs/heads/try\""));
  BOOST_TEST(LastRecord(machine)["outcome"] == "deny");
  const std::string id = LastRecord(machine)["id"];
  BOOST_TEST(Has(log, "jobwarden: ask #ci-platform (decision " + id + ")\n"));
  BOOST_REQUIRE(!run.annotations.empty());
  BOOST_TEST(Has(run.annotations.front().message, "\ndecision " + id));
  BOOST_TEST(Has(run.summary, "decision " + id));
}

BOOST_AUTO_TEST_CASE(wrong_repository_is_refused) {
  RunnerMachine machine;
  machine.job.repository = "games/checkout";
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "NO_RULE_ALLOWS"));
}

BOOST_AUTO_TEST_CASE(pull_request_of_a_fork_is_refused_and_told_nothing_of_permissions) {
  RunnerMachine machine;
  machine.job = GitHubPullRequest();
  machine.may_request = false;
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "FORK_DENIED"));
  BOOST_TEST(Lacks(run.log(), "permissions:"));
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(fork_is_told_by_the_payload_whatever_rights_the_event_has) {
  for (const GitHubJob& job :
       {GitHubPullRequestTarget(), GitHubPullRequestTarget(""), GitHubComment(),
        GitHubWorkflowRun(), GitHubWorkflowRun(""),
        GitHubWorkflowRun("shop/checkout", "pull_request_target"), GitHubMergeGroup()}) {
    RunnerMachine machine;
    machine.job = job;
    BOOST_TEST(Refused(machine.Play(StubbornSteps()), "FORK_DENIED"), job.event_name);
  }
}

BOOST_AUTO_TEST_CASE(pull_request_whose_payload_is_missing_or_cut_off_is_refused) {
  RunnerMachine missing;
  missing.job = GitHubPullRequest("shop/checkout");
  missing.job.event_missing = true;
  BOOST_TEST(Refused(missing.Play(StubbornSteps()), "JOB_UNREADABLE"));
  BOOST_TEST(LastRecord(missing)["findings"][0]["code"] == "JOB_UNREADABLE");
  RunnerMachine cut;
  cut.job = GitHubPullRequest("shop/checkout");
  const std::string whole = cut.job.event.dump();
  cut.job.event_text = whole.substr(0, whole.size() / 2);
  BOOST_TEST(Refused(cut.Play(StubbornSteps()), "JOB_UNREADABLE"));
  RunnerMachine huge;
  huge.job = GitHubPullRequest("shop/checkout");
  huge.job.event["body"] = std::string(std::size_t{8} << 20U, 'x');
  const GitHubRun run = huge.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "JOB_UNREADABLE"));
  BOOST_TEST(Has(run.log(), "8388608"));
  BOOST_TEST(Lacks(run.log(), "FORK_DENIED"));
}

BOOST_AUTO_TEST_CASE(event_may_be_counted_as_a_fork_s) {
  RunnerMachine machine;
  machine.config += "[fork]\nevents.push = \"fork\"\n";
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "FORK_DENIED"));
}

BOOST_AUTO_TEST_CASE(token_of_another_run_is_refused) {
  for (const char* what : {"run", "attempt", "repository", "ref"}) {
    RunnerMachine machine;
    GitHubJob victim = GitHubDeploy();
    const std::string word = what;
    if (word == "run") victim.run_id = "9302";
    if (word == "attempt") victim.run_attempt = "2";
    if (word == "repository") victim.repository_id = "62";
    if (word == "ref") victim.ref = "refs/heads/other";
    machine.endpoint.ServeAs(machine.job, victim);
    BOOST_TEST(Refused(machine.PlayAsIs(StubbornSteps()), "JOB_MISMATCH"), word);
  }
}

BOOST_AUTO_TEST_CASE(token_with_another_audience_than_the_one_asked_for_is_refused) {
  RunnerMachine machine;
  machine.job.claims = {{"aud", kGitHubRunnerAudience}};
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "AUDIENCE_MISMATCH"));
}

BOOST_AUTO_TEST_CASE(token_of_a_hosted_runner_is_refused) {
  RunnerMachine machine;
  machine.job.claims = {{"runner_environment", "github-hosted"}};
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "JOB_MISMATCH"));
}

BOOST_AUTO_TEST_CASE(token_of_another_issuer_is_refused_for_that) {
  RunnerMachine machine;
  machine.job.claims = {{"iss", "https://token.actions.githubusercontent.com"}};
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "ISSUER_MISMATCH"));
}

BOOST_AUTO_TEST_CASE(job_that_gets_no_token_is_refused_and_told_what_to_do) {
  RunnerMachine machine;
  machine.endpoint.Always(Answer{.status = 404, .body = R"({"message":"hidden"})"});
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "TOKEN_REQUEST_FAILED"));
  BOOST_TEST(Has(run.log(), "run the job again"));
  BOOST_TEST(Lacks(run.log(), "hidden"));
  BOOST_TEST(machine.endpoint.requests() > 3);
}

BOOST_AUTO_TEST_CASE(job_with_a_debugger_is_refused,
                     *boost::unit_test::precondition(OfFakeRunner)) {
  RunnerMachine machine;
  machine.job.debugger = true;
  BOOST_TEST(Refused(machine.Play(StubbornSteps()), "DEBUGGER_LISTENS"));
  BOOST_TEST(LastRecord(machine)["outcome"] == "deny");
  BOOST_TEST(LastRecord(machine)["rule"].is_null());
}

BOOST_AUTO_TEST_CASE(job_without_the_permission_is_told_what_to_add) {
  RunnerMachine machine;
  machine.may_request = false;
  const GitHubRun run = machine.Play(StubbornSteps());
  BOOST_TEST(Refused(run, "TOKEN_MISSING"));
  BOOST_TEST(Has(run.log(), "jobwarden:   permissions:\njobwarden:     id-token: write\n"));
}

BOOST_AUTO_TEST_SUITE_END()
