// `jobwarden-hook github mint` in steps of a job.

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/e2e/github/runner_machine.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

constexpr const char* kVault = "https://vault.example.com";

struct Machine : RunnerMachine {
  std::string Mint(const std::string& words) const {
    return Path("opt/jobwarden-hook") + " --config " + config_path() + " github mint " + words;
  }
  std::string ForVault(const std::string& where) const {
    return Mint(std::string("--audience ") + kVault + " " + where);
  }
  // The token that was minted last.
  std::string Token() const { return endpoint.tokens().back(); }

  // The job ran as far as the step `mint`, which failed so, and has given no token away.
  void Refused(const GitHubRun& run, const std::string& code, const std::string& part) const {
    const GitHubStepRun& step = run.Step("mint");
    BOOST_TEST(step.conclusion == "failure", run.log());
    BOOST_TEST(step.exit_code == 1);
    BOOST_TEST(step.outputs.empty());
    std::string errors;
    for (const Annotation& each : run.annotations) {
      if (each.level == "error") errors += each.message + "\n";
    }
    BOOST_TEST(Has(errors, code + ": "));
    BOOST_TEST(Has(errors, part));
    LogHasNoToken(run);
  }
  // Neither as it is nor hidden by the runner: it was never printed.
  void LogHasNoToken(const GitHubRun& run) const {
    BOOST_TEST(Lacks(run.log(), "***"));
    BOOST_TEST(Lacks(run.log(), "add-mask"));
    BOOST_TEST(Lacks(run.log(), "request-token-of"));
    for (const std::string& token : endpoint.tokens()) BOOST_TEST(Lacks(run.log(), token));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mint)

BOOST_AUTO_TEST_CASE(output_of_the_step_gets_the_token,
                     *boost::unit_test::precondition(OfFakeRunner)) {
  Machine machine;
  const GitHubRun run = machine.Play({Run(machine.ForVault("--output token"), "mint")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  const std::map<std::string, std::string> outputs = {{"token", machine.Token()}};
  BOOST_TEST((run.Step("mint").outputs == outputs));
  BOOST_TEST(machine.endpoint.audiences().back() == kVault);
  BOOST_TEST(run.Step("mint").log ==
             "jobwarden: an id_token of this job for \"https://vault.example.com\" is in the "
             "step's output token\n");
  machine.LogHasNoToken(run);
}

BOOST_AUTO_TEST_CASE(later_steps_get_it_as_a_variable_and_it_is_masked_there) {
  Machine machine;
  const GitHubRun run = machine.Play(
      {Run("printf OPEN=x >> $GITHUB_ENV\n" + machine.ForVault("--env VAULT_TOKEN") +
               "\necho NEXT=y >> $GITHUB_ENV",
           "mint"),
       Run("echo \"<$OPEN-$NEXT-$VAULT_TOKEN>\"; printf %s \"$VAULT_TOKEN\" > got", "use")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(run.Step("use").log == "<x-y-***>\n");
  BOOST_TEST(Slurp(machine.host.workspace(machine.job) + "/got") == machine.Token());
  BOOST_TEST(Lacks(run.log(), machine.Token()));
}

BOOST_AUTO_TEST_CASE(step_guard_knows_it_by_its_name,
                     *boost::unit_test::precondition(OfFakeRunner)) {
  Machine machine;
  machine.SetGitHub("step_tokens = \"named\"");
  const GitHubRun run = machine.Play(
      {Checkout({{"ci/mint.sh", machine.ForVault("--output token")}}),
       Run("env | grep -c ID_TOKEN_REQUEST || true", "other"), Run("ci/mint.sh", "mint")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  BOOST_TEST(run.Step("other").log == "0\n");
  BOOST_TEST(run.Step("mint").outputs.at("token") == machine.Token());
}

BOOST_AUTO_TEST_CASE(token_of_another_job_is_refused) {
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  GitHubJob victim = GitHubDeploy();
  victim.run_id = "9777";
  victim.actor_id = "6";
  machine.endpoint.ServeAs(machine.job, victim);
  const GitHubRun run = machine.PlayAsIs(
      {Run(machine.ForVault("--output token"), "mint"), AlwaysRun("cat $GITHUB_ENV", "after")});
  machine.Refused(run, "JOB_MISMATCH", "run_id: expected \"9301\", got \"9777\"");
}

BOOST_AUTO_TEST_CASE(token_for_somebody_else_is_refused) {
  for (const char* claims : {R"({"aud":"https://other.example"})",
                             R"({"aud":["https://vault.example.com","https://other.example"]})"}) {
    Machine machine;
    machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
    machine.job.claims = nlohmann::ordered_json::parse(claims);
    const GitHubRun run = machine.Play(
        {Run(machine.ForVault("--env TOKEN"), "mint"), AlwaysRun("echo \"<$TOKEN>\"", "after")});
    machine.Refused(run, "AUDIENCE_MISMATCH", "https://other.example");
    BOOST_TEST(run.Step("after").log == "<>\n");
  }
}

BOOST_AUTO_TEST_CASE(token_that_is_forged_or_over_is_refused) {
  {
    Machine machine;
    machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
    machine.issuer.SetKeys(Signer("RS256", "github-key", 3072).KeySetJson());
    machine.Refused(machine.Play({Run(machine.ForVault("--output token"), "mint")}),
                    "SIGNATURE_INVALID", "signature");
  }
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  machine.job.claims = {{"iat", 1700000000}, {"exp", 1700000300}, {"nbf", 1699999400}};
  machine.Refused(machine.Play({Run(machine.ForVault("--output token"), "mint")}), "TOKEN_EXPIRED",
                  "exp");
}

BOOST_AUTO_TEST_CASE(job_without_the_permission_is_told_what_to_add) {
  Machine machine;
  machine.may_request = false;
  machine.config +=
      "\n[[allow]]\nname = \"tokenless\"\ntokenless = true\n"
      "facts = { project_path = \"shop/*\" }\n";
  const GitHubRun run = machine.Play({Run(machine.ForVault("--output token"), "mint")});
  machine.Refused(run, "TOKEN_MISSING",
                  "add `permissions: { id-token: write, contents: read }` to the job");
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(endpoint_that_refuses_is_named_and_its_answer_is_not_shown) {
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  machine.endpoint.Always(Answer{.status = 403, .body = "hidden"});
  const GitHubRun run = machine.Play({Run(machine.ForVault("--output token"), "mint")});
  machine.Refused(run, "TOKEN_REQUEST_FAILED", "answered 403");
  BOOST_TEST(Lacks(run.log(), "hidden"));
}

BOOST_AUTO_TEST_CASE(wrong_use_asks_for_nothing) {
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  for (const std::string& words :
       {std::string("--output token"), std::string("--audience a"),
        std::string("--audience a --env PATH"), std::string("--audience a --env GITHUB_TOKEN"),
        std::string("--audience a --output 'a b'"),
        std::string("--audience a --env T --output t")}) {
    const GitHubRun run = machine.Play({Run(machine.Mint(words), "mint")});
    BOOST_TEST(run.Step("mint").exit_code == 1);
    BOOST_TEST(Has(run.Step("mint").log, "jobwarden: CONFIG_INVALID: "));
    BOOST_TEST(Has(run.Step("mint").log, "github mint --audience A (--output NAME | --env NAME)"));
  }
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(token_is_not_asked_for_where_nobody_would_hide_it) {
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  for (const char* where : {" > mint.log", " > /dev/null"}) {
    const GitHubRun run = machine.Play({Run(machine.ForVault("--output token") + where, "mint")});
    BOOST_TEST(run.Step("mint").exit_code == 1);
    BOOST_TEST(Has(run.Step("mint").log, "standard output does not lead to the runner"));
  }
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(outside_of_a_step_nothing_is_asked_for) {
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  machine.Refused(
      machine.Play({Run("GITHUB_OUTPUT= " + machine.ForVault("--output token"), "mint")}),
      "JOB_UNREADABLE", "variable GITHUB_OUTPUT: expected the path");
  machine.Refused(
      machine.Play({Run("GITHUB_RUN_ID= " + machine.ForVault("--output token"), "mint")}),
      "JOB_UNREADABLE", "GITHUB_RUN_ID");
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
