// Steps that request id_tokens through the token broker.

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "tests/e2e/github/runner_machine.h"
#include "tests/support/exposition.h"
#include "verifier/os/process_stat.h"

using namespace jobwarden::testing;

namespace {

const std::string kVault = "https://vault.example.com";

// As JWTShield's guide has it, with the answer in a file and its status printed.
std::string Ask(const std::string& query, const std::string& to = "answer",
                const std::string& flags = "") {
  return "curl -sS -w '%{http_code}\n' " + flags + " -o " + to +
         " -H \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" "
         "\"$ACTIONS_ID_TOKEN_REQUEST_URL" +
         query + "\"\n";
}

// What the job-completed hook said of requests that were refused.
std::vector<std::string> Refusals(const GitHubRun& run) {
  std::vector<std::string> found;
  for (const Annotation& each : run.annotations) {
    if (each.title != "id_token refused") continue;
    BOOST_TEST(each.level == "warning");
    found.push_back(each.message);
  }
  return found;
}

struct Machine : RunnerMachine {
  std::string InWorkspace(const std::string& name) const {
    return Slurp(host.workspace(job) + "/" + name);
  }
  nlohmann::json Answer(const std::string& name = "answer") const {
    return nlohmann::json::parse(InWorkspace(name), nullptr, false);
  }
  std::string Message(const std::string& name = "answer") const {
    const auto answer = Answer(name);
    return answer.is_object() ? answer.value("message", "") : "";
  }
  // The audit lines about requests of steps.
  std::vector<nlohmann::json> Requests() const {
    std::vector<nlohmann::json> found;
    std::istringstream lines(audit());
    for (std::string line; std::getline(lines, line);) {
      auto value = nlohmann::json::parse(line);
      if (value.value("kind", "") == "id_token_request") found.push_back(std::move(value));
    }
    return found;
  }
  // The audit line about the job.
  nlohmann::json Decision() const {
    std::istringstream lines(audit());
    for (std::string line; std::getline(lines, line);) {
      auto value = nlohmann::json::parse(line);
      if (!value.contains("kind")) return value;
    }
    return nlohmann::json::object();
  }
  // The job-completed hook tells what steps asked for.
  void Completes() {
    host.environment["ACTIONS_RUNNER_HOOK_JOB_COMPLETED"] =
        folder.Write("completed.sh", "exec '" + Path("opt/jobwarden-hook") + "' --config '" +
                                         config_path() + "' github job-completed\n");
  }
  void Permit(const std::string& audiences) {
    const std::string rule = "name = \"deploys\"\n";
    config.insert(config.find(rule) + rule.size(), "audiences = " + audiences + "\n");
  }
  // The processes of this machine's brokers.
  std::vector<std::string> Brokers() const {
    std::vector<std::string> found;
    for (const pid_t pid : jobwarden::AllProcesses()) {
      const std::string line = jobwarden::ReadOfProcess(pid, "cmdline");
      if (Has(line, config_path()) && Has(line, "broker")) found.push_back(std::to_string(pid));
    }
    return found;
  }
  bool BrokersEnd() const {
    for (int tries = 0; tries < 200 && !Brokers().empty(); ++tries) usleep(50'000);
    return Brokers().empty();
  }
  void Succeeded(const GitHubRun& run) const {
    BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(broker)

BOOST_AUTO_TEST_CASE(step_gets_the_token_that_it_asks_for) {
  Machine machine;
  const GitHubRun run =
      machine.Play({Run(Ask("&audience=https%3A%2F%2Fvault.example.com"), "ask")});
  machine.Succeeded(run);
  BOOST_TEST(run.Step("ask").log == "200\n");
  const auto answer = machine.Answer();
  BOOST_TEST(answer.value("value", "") == machine.endpoint.tokens().back());
  BOOST_TEST(answer.value("count", 0) == static_cast<int>(machine.endpoint.tokens().back().size()));
  BOOST_TEST(machine.endpoint.audiences().back() == kVault);
  const auto requests = machine.Requests();
  BOOST_REQUIRE(requests.size() == 1);
  BOOST_TEST(requests[0]["id"] == machine.Decision().value("id", "none"));
  BOOST_TEST(requests[0]["outcome"] == "allow");
  BOOST_TEST(requests[0]["audience"] == kVault);
  BOOST_TEST(requests[0]["use"] == "named");
  BOOST_TEST(requests[0]["step"] == "__run");
  BOOST_TEST(requests[0]["process"]["place"] == "step");
  BOOST_TEST(Has(requests[0]["process"]["programs"][0].get<std::string>(), "curl"));
}

BOOST_AUTO_TEST_CASE(decision_and_requests_are_counted_in_the_form_that_prometheus_reads) {
  Machine machine;
  const std::string file = machine.folder / "jobwarden.prom";
  const std::string audit = "[audit]\n";
  BOOST_REQUIRE(Has(machine.config, audit));
  machine.config.insert(machine.config.find(audit) + audit.size(),
                        "metrics_file = \"" + file + "\"\n");
  machine.Succeeded(machine.Play({Run(Ask("&audience=sigstore"), "ask")}));
  const std::string text = Slurp(file);
  BOOST_TEST(
      Has(text, "\njobwarden_id_token_requests_total{outcome=\"allow\",rule=\"deploys\"} 1\n"));
  BOOST_TEST(Has(text, "\njobwarden_decisions_total{outcome=\"allow\","));
  BOOST_TEST(ExpositionFaults(text) == std::vector<std::string>(),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bearer_token_is_in_no_step_under_any_name) {
  Machine machine;
  machine.endpoint.Serve(machine.job);
  machine.job.env["COPY"] = "Bearer " + machine.job.id_token_request_token;
  machine.job.env["ACTIONS_RUNTIME_TOKEN"] = machine.job.id_token_request_token;
  const GitHubRun run = machine.PlayAsIs(
      {Run("env -0 > env; cat /proc/$$/environ >> env; echo ${#ACTIONS_ID_TOKEN_REQUEST_TOKEN}",
           "look")});
  machine.Succeeded(run);
  // The runner may mix the two streams in another order.
  const std::string& log = run.Step("look").log;
  for (const char* name : {"ACTIONS_RUNTIME_TOKEN", "COPY"}) {
    BOOST_TEST(Has(log, "jobwarden: " + std::string(name) +
                            " is not in this step, because it held the token that requests "
                            "id_tokens\n"));
  }
  BOOST_TEST(Has(log, "32\n"));
  BOOST_TEST(Lacks(machine.InWorkspace("env"), machine.job.id_token_request_token));
  BOOST_TEST(Has(machine.InWorkspace("env"), "ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(step_without_gits_credentials_has_a_ticket,
                     *boost::unit_test::precondition(OfFakeRunner)) {
  Machine machine;
  machine.SetGitHub("git_credentials = \"strip\"\n");
  const std::string secret = "AUTHORIZATION: basic eDp5";
  const GitHubRun run = machine.Play(
      {Checkout(
           {{".git/config", "[http \"https://github.com/\"]\n\textraheader = " + secret + "\n"}}),
       Run("cat .git/config; " + Ask("&audience=https%3A%2F%2Fvault.example.com"), "ask"),
       Run(": git fetch; cat .git/config", "fetch")});
  machine.Succeeded(run);
  BOOST_TEST(Lacks(run.Step("ask").log, secret));
  BOOST_TEST(Has(run.Step("ask").log, "200\n"));
  BOOST_TEST(Has(run.Step("fetch").log, secret));
}

BOOST_AUTO_TEST_CASE(each_spelling_of_the_query_is_understood) {
  Machine machine;
  const GitHubRun run = machine.Play(
      {Run(Ask("&audience=api://a") + Ask("?audience=b%20c") + Ask("&x=1&AUDIENCE=d+e&y") +
               Ask("") + Ask("&audience=") + Ask("&audience=f", "answer", "-d '{}'") +
               Ask("&audience=g", "answer", "--http1.0"),
           "ask")});
  machine.Succeeded(run);
  BOOST_TEST(run.Step("ask").log == "200\n200\n200\n200\n200\n200\n200\n");
  const std::vector<std::string> expected{
      "api://a", "b c", "d e", "https://github.com/shop", "https://github.com/shop", "f", "g"};
  auto audiences = machine.endpoint.audiences();
  audiences.erase(audiences.begin());  // the hook's own
  BOOST_TEST(audiences == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(audience_that_the_rule_does_not_permit_is_refused_with_what_to_do) {
  Machine machine;
  machine.Permit("[\"https://vault.example.com\"]");
  machine.Completes();
  const GitHubRun run = machine.Play(
      {Run(Ask("&audience=sigstore", "one") + Ask("", "two") + Ask("&audience=" + kVault, "three"),
           "ask")});
  machine.Succeeded(run);
  BOOST_TEST(run.Step("ask").log == "403\n403\n200\n");
  BOOST_TEST(machine.Message("one") ==
             "jobwarden: AUDIENCE_MISMATCH: audience: expected one that rule \"deploys\" permits, "
             "got \"sigstore\"; have the audience added to the rule's audiences");
  BOOST_TEST(Has(machine.Message("two"), "got \"https://github.com/shop\""));
  // Not even asked for.
  for (const std::string& audience : machine.endpoint.audiences()) {
    BOOST_TEST(audience != "sigstore");
  }
  const auto warnings = Refusals(run);
  BOOST_REQUIRE(warnings.size() == 2);
  BOOST_TEST(Has(warnings[0], "step \"__run\": no id_token for \"sigstore\": AUDIENCE_MISMATCH: "));
  const auto requests = machine.Requests();
  BOOST_REQUIRE(requests.size() == 3);
  BOOST_TEST(requests[0]["outcome"] == "deny");
  BOOST_TEST(requests[0]["findings"][0]["code"] == "AUDIENCE_MISMATCH");
  BOOST_TEST(requests[0]["token"].is_null());
}

BOOST_AUTO_TEST_CASE(ticket_dies_with_its_step) {
  Machine machine;
  const GitHubRun run =
      machine.Play({Run("env | grep ^ACTIONS_ID_TOKEN > old", "first"),
                    Run("export $(cat old)\n" + Ask("&audience=a"), "second"),
                    Run("ACTIONS_ID_TOKEN_REQUEST_TOKEN=1\n" + Ask("&audience=b", "forged") +
                            "ACTIONS_ID_TOKEN_REQUEST_TOKEN=\n" + Ask("&audience=c", "none"),
                        "third")});
  machine.Succeeded(run);
  BOOST_TEST(run.Step("second").log == "401\n");
  BOOST_TEST(Has(machine.Message(),
                 "TICKET_INVALID: the step that this ticket was given to, "
                 "\"__run\", has ended"));
  BOOST_TEST(run.Step("third").log == "401\n401\n");
  BOOST_TEST(Has(machine.Message("forged"), "the ticket is not one of a step of this job"));
  BOOST_TEST(Has(machine.Message("none"), "the request has no ticket"));
  BOOST_TEST(machine.endpoint.audiences().size() == 1U);
}

BOOST_AUTO_TEST_CASE(process_that_an_earlier_step_left_cannot_use_a_later_steps_ticket) {
  Machine machine;
  machine.folder.Write("thief.sh", "while ! [ -f stolen ]; do sleep 0.05; done; . ./stolen\n" +
                                       Ask("&audience=a") + "touch done\n");
  const GitHubRun run = machine.Play(
      {Run("unset RUNNER_TRACKING_ID\nsetsid -f sh '" + machine.Path("thief.sh") +
               "' > status 2>&1",
           "first"),
       Run("env | grep ^ACTIONS_ID_TOKEN | sed \"s/=/='/; s/$/'/\" > not-yet; mv not-yet stolen\n"
           "while ! [ -f done ]; do sleep 0.05; done; cat status\n",
           "second")});
  machine.Succeeded(run);
  BOOST_TEST(run.Step("second").log == "403\n");
  BOOST_TEST(Has(machine.Message(), "used by a process that does not belong to this step"));
}

BOOST_AUTO_TEST_CASE(process_that_left_its_parents_within_the_step_keeps_its_ticket) {
  Machine machine;
  machine.folder.Write("daemon.sh", Ask("&audience=a") + "touch done\n");
  const GitHubRun run =
      machine.Play({Run("setsid -f sh '" + machine.Path("daemon.sh") +
                            "' > status\nwhile ! [ -f done ]; do sleep 0.05; done; cat status",
                        "ask")});
  machine.Succeeded(run);
  BOOST_TEST(run.Step("ask").log == "200\n");
  BOOST_TEST(machine.Requests().at(0)["process"]["place"] == "left");
}

BOOST_AUTO_TEST_CASE(step_whose_text_does_not_name_it_is_told_of_at_the_end) {
  Machine machine;
  machine.Completes();
  const GitHubRun run = machine.Play(
      {Run("a=ACTIONS_ID_TOKEN_REQ\neval \"url=\\${${a}UEST_URL} token=\\${${a}UEST_TOKEN}\"\n"
           "curl -sS -o answer -H \"Authorization: bearer $token\" \"$url&audience=a\"",
           "hidden")});
  machine.Succeeded(run);
  BOOST_TEST(!machine.Answer().value("value", "").empty());
  BOOST_TEST(Has(run.Step("Complete runner").log, "jobwarden: step \"__run\": "));
  BOOST_TEST(
      Has(run.Step("Complete runner").log, "with step_tokens = \"named\" it would get none"));
  BOOST_TEST(Refusals(run).empty());
}

BOOST_AUTO_TEST_CASE(killed_broker_is_told_of_in_each_step_and_at_the_end) {
  Machine machine;
  machine.Completes();
  const GitHubRun run =
      machine.Play({Run("kill -9 $(pgrep -f '^[^ ]*/jobwarden token broker --config " +
                            machine.config_path() + "')\nsleep 0.1\n" + Ask("&audience=a") + "\n",
                        "kill"),
                    Run("echo ${#ACTIONS_ID_TOKEN_REQUEST_URL}", "next")});
  BOOST_TEST(Has(run.Step("kill").log, "000\n"));
  BOOST_TEST(run.Step("next").conclusion == "skipped");
  BOOST_TEST(Has(run.Step("Complete runner").log + run.annotations.back().message,
                 "the token broker had ended before the job did"));
}

BOOST_AUTO_TEST_CASE(step_after_a_killed_broker_runs_without_the_variables) {
  Machine machine;
  const GitHubRun run =
      machine.Play({Run("kill -9 $(pgrep -f '^[^ ]*/jobwarden token broker --config " +
                            machine.config_path() + "')\nsleep 0.1",
                        "kill"),
                    Run("echo ${#ACTIONS_ID_TOKEN_REQUEST_URL}", "next")});
  machine.Succeeded(run);
  BOOST_TEST(Has(run.Step("next").log,
                 "jobwarden: the token broker of this job has ended: this step cannot request "
                 "id_tokens\n"));
  BOOST_TEST(Has(run.Step("next").log, "0\n"));
}

BOOST_AUTO_TEST_CASE(broker_ends_with_its_job) {
  Machine machine;
  machine.Completes();
  machine.Play({Run("echo", "step")});
  BOOST_TEST(machine.BrokersEnd());
  BOOST_TEST(!std::filesystem::exists(machine.place() + "/broker"));
}

BOOST_AUTO_TEST_CASE(broker_ends_with_a_worker_that_is_killed) {
  Machine machine;
  const GitHubRun run = machine.Play({Run("kill -9 $PPID", "kill")});
  BOOST_TEST(run.worker_died);
  BOOST_TEST(machine.BrokersEnd());
}

BOOST_AUTO_TEST_CASE(refused_job_has_no_broker) {
  Machine machine;
  machine.job.ref = "refs/heads/other";
  const GitHubRun run = machine.Play({AlwaysRun("echo ran", "step")});
  BOOST_TEST(Lacks(run.log(), "ran\n"));
  BOOST_TEST(machine.BrokersEnd());
}

BOOST_AUTO_TEST_CASE(token_that_is_another_jobs_is_not_handed_on) {
  Machine machine;
  machine.endpoint.Serve(machine.job);
  machine.host.on_output = [&](pid_t, const std::string& received) {
    if (received.find("stolen now") == received.npos) return;
    GitHubJob victim = GitHubDeploy();
    victim.run_id = "1";
    machine.endpoint.Replace(machine.job, victim);
    machine.folder.Write("go", "");
  };
  const GitHubRun run =
      machine.PlayAsIs({Run("echo stolen now; while ! [ -f '" + machine.Path("go") +
                                "' ]; do sleep 0.05; done\n" + Ask("&audience=a"),
                            "ask")});
  BOOST_TEST(Has(run.Step("ask").log, "403\n"));
  BOOST_TEST(Has(machine.Message(), "JOB_MISMATCH: "));
}

BOOST_AUTO_TEST_CASE(action_of_javascript_and_its_shells_keep_githubs_own) {
  Machine machine;
  const GitHubRun run = machine.Play(
      {Action({"/usr/bin/env", "bash", "-c", "env | grep ^ACTIONS_ID_TOKEN_REQUEST_TOKEN; true"},
              "direct"),
       Action({"/bin/sh", "-c", "bash -c 'echo $ACTIONS_ID_TOKEN_REQUEST_URL'"}, "below")});
  BOOST_TEST(Has(run.Step("below").log, machine.issuer.url()));
}

BOOST_AUTO_TEST_SUITE_END()
