// Which jobs run.

#include <nlohmann/json.hpp>

#include "tests/e2e/harness.h"
#include "tests/support/base64url.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(admission)

BOOST_AUTO_TEST_CASE(deploy_from_the_protected_branch_runs) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  job.script = {"echo hello from the job", "test -n \"$VAULT_ID_TOKEN\""};
  job.after_script = {"echo and goodbye"};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  const std::string id = nlohmann::json::parse(host.audit())["id"];
  BOOST_TEST(Has(run.log(), "allowed by rule \"shop deploys\" (decision " + id + ")\n"));
  BOOST_TEST(Has(run.log(), "\nhello from the job\n"));
  BOOST_TEST(Has(run.log(), "\nand goodbye\n"));
  BOOST_TEST(Has(host.audit(), R"("outcome":"allow")"));
  BOOST_TEST(Has(host.audit(), R"("bound":true)"));
}

BOOST_AUTO_TEST_CASE(every_runner_generation_and_form_of_script_runs) {
  struct Form {
    Runner runner;
    Shell shell;
    const char* feature;
  };
  const Form forms[] = {
      {Runner::k14_10, Shell::kBash, "X"},
      {Runner::k14_10, Shell::kBash, "FF_USE_NEW_BASH_EVAL_STRATEGY"},
      {Runner::k14_10, Shell::kSh, "FF_POSIXLY_CORRECT_ESCAPES"},
      {Runner::k17_2, Shell::kBash, "X"},
      {Runner::k17_2, Shell::kBash, "FF_USE_NEW_BASH_EVAL_STRATEGY"},
      {Runner::k17_2, Shell::kBash, "FF_POSIXLY_CORRECT_ESCAPES"},
      {Runner::k19_4, Shell::kBash, "X"},
      {Runner::k19_4, Shell::kBash, "FF_USE_LEGACY_BASH_EVAL"},
      {Runner::k19_4, Shell::kBash, "CI_DEBUG_TRACE"},
      {Runner::k19_4, Shell::kSh, "FF_POSIXLY_CORRECT_ESCAPES"},
  };
  for (const Form& form : forms) {
    BOOST_TEST_CONTEXT("runner " << static_cast<int>(form.runner) << " shell "
                                 << static_cast<int>(form.shell) << " " << form.feature) {
      RunnerHost host;
      if (form.shell == Shell::kSh) Change(host.config, "\"bash\"", "\"sh\"");
      Job job = ProtectedDeploy();
      job.runner = form.runner;
      job.shell = form.shell;
      job.variables = {{form.feature, "true"},
                       {"ODD", "two\nlines, 'single' \"double\" `tick` \\ $$ \x01 naïve"}};
      job.script = {"printf '%s|' \"$ODD\"", "test -n \"$VAULT_ID_TOKEN\"", "env | sort"};
      const JobRun run = host.Play(job);
      BOOST_TEST(run.outcome == Outcome::kSucceeded);
      const std::string log = run.Find("build_script")->result.out;
      BOOST_TEST(Has(log, "two\nlines, 'single' \"double\" `tick` \\ $$ \x01 naïve|"));
      BOOST_TEST(Has(log, "\nVAULT_ID_TOKEN="));
      BOOST_TEST(Lacks(log, "PYPI_STAGING_ID_TOKEN"));
      BOOST_TEST(Lacks(run.log(), host.TokenOf(job, "PYPI_STAGING_ID_TOKEN")));
    }
  }
}

BOOST_AUTO_TEST_CASE(merge_request_of_the_project_itself_is_no_fork) {
  RunnerHost host;
  Change(host.config, ", ref_protected = true", "");
  Job job = ProtectedDeploy();
  job.source = "merge_request_event";
  job.ref_protected = false;
  for (const char* type : {"detached", "merged_result", "merge_train"}) {
    job.merge_request = MergeRequest{};
    job.merge_request->event_type = type;
    BOOST_TEST_CONTEXT(type) {
      BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
    }
  }
}

BOOST_AUTO_TEST_CASE(tag_job_runs) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  job.ref = "v1.2.0";
  job.ref_type = "tag";
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(merge_request_of_a_fork_is_denied) {
  RunnerHost host;
  Change(host.config, "project_path = \"shop/**\", ref_protected = true", "ref = \"**\"");
  const JobRun run = host.Play(ForkMergeRequestDeploy());
  BOOST_TEST(Denied(run, "FORK_DENIED"));
  const std::string id = nlohmann::json::parse(host.audit())["id"];
  BOOST_TEST(Has(run.log(), "jobwarden: ask #ci-platform (decision " + id + ")\n"));
}

BOOST_AUTO_TEST_CASE(merge_request_whose_fork_is_gone_is_denied) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  job.server_sends_job_project = false;
  job.predefined = {{"CI_MERGE_REQUEST_SOURCE_PROJECT_ID", ""}};
  BOOST_TEST(Denied(host.Play(job), "FORK_DENIED"));
}

BOOST_AUTO_TEST_CASE(fork_is_seen_on_each_runner_and_server_generation) {
  for (const Runner runner : {Runner::k14_10, Runner::k17_2, Runner::k19_4}) {
    for (const bool server_sends_job_project : {true, false}) {
      RunnerHost host;
      Job job = ForkMergeRequestDeploy();
      job.runner = runner;
      job.server_sends_job_project = server_sends_job_project;
      // What a fork's job may say of itself.
      job.variables = {{"CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "61"}};
      BOOST_TEST_CONTEXT(static_cast<int>(runner) << server_sends_job_project) {
        BOOST_TEST(Denied(host.Play(job), "FORK_DENIED"));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(feature_branch_is_denied_and_told_which_condition_it_misses) {
  RunnerHost host;
  const JobRun run = host.Play(FeatureBranchDeploy());
  BOOST_TEST(Denied(run, "NO_RULE_ALLOWS"));
  BOOST_TEST(Has(run.log(), "ref_protected"));
  BOOST_TEST(Has(host.audit(), R"("outcome":"deny")"));
}

BOOST_AUTO_TEST_CASE(variables_cannot_make_a_job_look_like_another) {
  RunnerHost host;
  Job job = FeatureBranchDeploy();
  job.variables = {{"CI_COMMIT_REF_PROTECTED", "true"},
                   {"CI_COMMIT_REF_NAME", "main"},
                   {"CI_PROJECT_PATH", "shop/checkout"}};
  BOOST_TEST(Denied(host.Play(job), "NO_RULE_ALLOWS"));
}

BOOST_AUTO_TEST_CASE(wrong_audience_is_denied) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  job.Token("JOBWARDEN_ID_TOKEN").audiences = {"https://sonar.example.com"};
  const JobRun run = host.Play(job);
  BOOST_TEST(Denied(run, "AUDIENCE_MISMATCH"));
  BOOST_TEST(Has(run.log(), "https://sonar.example.com"));
  BOOST_TEST(Has(run.log(), kRunnerAudience));
}

BOOST_AUTO_TEST_CASE(token_of_another_job_is_denied) {
  RunnerHost host;
  Job victim = ProtectedDeploy();
  victim.id = 8800;
  Job job = ProtectedDeploy();
  job.Token("JOBWARDEN_ID_TOKEN").value = host.TokenOf(victim, "JOBWARDEN_ID_TOKEN");
  BOOST_TEST(Denied(host.Play(job), "JOB_MISMATCH"));
}

// One that nobody can read may be one that was tampered with.
BOOST_AUTO_TEST_CASE(id_token_that_cannot_be_read_is_denied) {
  const std::string header = R"({"alg":"RS256","kid":"gitlab-key"})";
  for (const auto& [head, payload] :
       {std::pair(header, std::string("[]")),
        std::pair(header, std::string(R"({"iss":"https://gitlab.example.com",)")),
        std::pair(header, std::string(R"({"iss":"https://gitlab.example.com","iss":"x"})")),
        std::pair(std::string(R"({"alg":"RS256","alg":"none","kid":"k"})"), std::string("1"))}) {
    RunnerHost host;
    Job job = ProtectedDeploy();
    job.Token("VAULT_ID_TOKEN").value = Base64Url(head) + "." + Base64Url(payload) + ".c2ln";
    BOOST_TEST(Denied(host.Play(job), head == header ? "SIGNATURE_INVALID" : "MALFORMED_TOKEN"));
  }
}

BOOST_AUTO_TEST_CASE(stolen_token_is_denied_also_where_it_is_not_the_job_s_own) {
  RunnerHost host;
  Job victim = ProtectedDeploy();
  victim.id = 8800;
  Job job = ProtectedDeploy();
  job.variables = {{"VICTIM_ID_TOKEN", host.TokenOf(victim, "VAULT_ID_TOKEN")}};
  BOOST_TEST(Denied(host.Play(job), "JOB_MISMATCH"));
}

BOOST_AUTO_TEST_CASE(each_part_of_the_binding_counts) {
  const std::pair<const char*, nlohmann::ordered_json> others[] = {
      {"job_id", "9302"},  {"pipeline_id", "4411"}, {"sha", std::string(40, 'b')}, {"ref", "other"},
      {"ref_type", "tag"}, {"runner_id", 18},       {"job_project_id", "62"},
  };
  for (const auto& [claim, value] : others) {
    RunnerHost host;
    Job job = ProtectedDeploy();
    job.Token("JOBWARDEN_ID_TOKEN").claims[claim] = value;
    BOOST_TEST_CONTEXT(claim) {
      BOOST_TEST(Denied(host.Play(job), "JOB_MISMATCH"));
    }
  }
}

BOOST_AUTO_TEST_CASE(expired_token_is_denied) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  const std::time_t then = std::time(nullptr) - 7200;
  job.Token("JOBWARDEN_ID_TOKEN").claims = {{"iat", then}, {"nbf", then - 5}, {"exp", then + 3600}};
  BOOST_TEST(Denied(host.Play(job), "TOKEN_EXPIRED"));
}

BOOST_AUTO_TEST_CASE(expired_token_from_a_wrong_branch_shows_both) {
  RunnerHost host;
  Job job = FeatureBranchDeploy();
  const std::time_t then = std::time(nullptr) - 7200;
  job.Token("JOBWARDEN_ID_TOKEN").claims = {{"iat", then}, {"nbf", then - 5}, {"exp", then + 3600}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Denied(run, "TOKEN_EXPIRED"));
  BOOST_TEST(Denied(run, "NO_RULE_ALLOWS"));
}

BOOST_AUTO_TEST_CASE(tampered_token_is_denied) {
  RunnerHost host;
  Job job = FeatureBranchDeploy();
  Job wished = ProtectedDeploy();
  // The claims of the wished job under the signature of the real one.
  const std::string real = host.TokenOf(job, "JOBWARDEN_ID_TOKEN");
  const std::string forged = host.TokenOf(wished, "JOBWARDEN_ID_TOKEN");
  wished.Token("JOBWARDEN_ID_TOKEN").value =
      forged.substr(0, forged.rfind('.')) + real.substr(real.rfind('.'));
  BOOST_TEST(Denied(host.Play(wished), "SIGNATURE_INVALID"));
}

BOOST_AUTO_TEST_CASE(token_of_a_key_that_the_issuer_does_not_have_is_denied) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  IdToken& token = job.Token("JOBWARDEN_ID_TOKEN");
  token.value = TokenText(job, token, Signer("RS256", "own-key", 2047 + 1));
  BOOST_TEST(Denied(host.Play(job), "KEY_UNKNOWN"));
}

BOOST_AUTO_TEST_CASE(login_token_of_the_same_instance_is_denied) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  job.Token("JOBWARDEN_ID_TOKEN").claims = {{"job_id", nullptr}, {"pipeline_id", nullptr}};
  BOOST_TEST(Denied(host.Play(job), "REQUIRED_CLAIM_MISSING"));
}

BOOST_AUTO_TEST_CASE(job_without_a_token_is_shown_what_to_paste) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  job.id_tokens.clear();
  const JobRun run = host.Play(job);
  BOOST_TEST(Denied(run, "TOKEN_MISSING"));
  BOOST_TEST(Has(run.log(), "id_tokens:\n"));
  BOOST_TEST(Has(run.log(), std::string("aud: \"") + kRunnerAudience + "\"\n"));
}

BOOST_AUTO_TEST_CASE(job_token_that_is_a_jwt_is_no_id_token) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  IdToken token{"", {"gitlab-authz-token"}};
  token.claims = {{"iss", "gitlab.example.com"}};
  job.job_token = "glcbt-" + TokenText(job, token, Signer("ES256", "job-token-key"));
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
  job.id_tokens.clear();
  BOOST_TEST(Denied(host.Play(job), "TOKEN_MISSING"));
}

BOOST_AUTO_TEST_CASE(audience_that_no_rule_lets_the_job_have_is_denied) {
  RunnerHost host;
  Change(host.config, "ref_protected = true }",
         "ref_protected = true }\naudiences = [\"https://vault.example.com\"]");
  BOOST_TEST(Denied(host.Play(ProtectedDeploy()), "AUDIENCE_MISMATCH"));
  Change(host.config, "[\"https://vault.example.com\"]",
         "[\"https://vault.example.com\", \"pypi-staging\"]");
  BOOST_TEST(host.Play(ProtectedDeploy()).outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(job_without_a_token_cannot_talk_itself_out_of_a_deny_rule) {
  RunnerHost host;
  host.config += R"(
[[allow]]
name = "no token needed"
tokenless = true
facts = { project_path = "shop/**" }
[[deny]]
name = "no schedules"
facts = { event = "schedule" }
)";
  Job job = ProtectedDeploy();
  job.id_tokens.clear();
  job.script = {"true"};
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
  job.source = "schedule";
  BOOST_TEST(Denied(host.Play(job), "RULE_DENIED"));
  job.variables = {{"CI_PIPELINE_SOURCE", "push"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Denied(run, "RULE_DENIED"));
  BOOST_TEST(Has(run.log(), "the job's variables dispute facts.event"));
}

// What the token says is not disputed.
BOOST_AUTO_TEST_CASE(job_with_a_token_may_set_variables_that_a_deny_rule_is_about) {
  RunnerHost host;
  host.config += "[[deny]]\nname = \"no schedules\"\nfacts = { event = \"schedule\" }\n";
  Job job = ProtectedDeploy();
  job.variables = {{"CI_PIPELINE_SOURCE", "schedule"}};
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(deny_rule_wins) {
  RunnerHost host;
  host.config += "[[deny]]\nname = \"not on fridays\"\nclaims = { pipeline_source = \"push\" }\n";
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(Denied(run, "RULE_DENIED"));
  BOOST_TEST(Has(run.log(), "not on fridays"));
}

BOOST_AUTO_TEST_CASE(report_mode_says_what_would_be_and_takes_nothing_away) {
  RunnerHost host;
  Change(host.config, "\"enforce\"", "\"report\"");
  Job job = FeatureBranchDeploy();
  job.script = {"env"};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(run.Find("prepare")->result.log, "report mode: "));
  BOOST_TEST(Has(run.Find("prepare")->result.log, "NO_RULE_ALLOWS"));
  BOOST_TEST(Has(run.Find("build_script")->result.out, "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Has(host.audit(), R"("enforced":false)"));
}

BOOST_AUTO_TEST_CASE(no_log_of_any_denial_has_more_than_ten_lines) {
  for (const Job& job : {FeatureBranchDeploy(), ForkMergeRequestDeploy()}) {
    RunnerHost host;
    const std::string log = host.Play(job).Find("prepare")->result.log;
    BOOST_TEST(std::count(log.begin(), log.end(), '\n') <= 10);
  }
}

BOOST_AUTO_TEST_CASE(nothing_that_is_written_down_holds_a_token) {
  RunnerHost host;
  const Job job = ProtectedDeploy();
  const JobRun run = host.Play(job);
  for (const IdToken& token : job.id_tokens) {
    const std::string text = host.TokenOf(job, token.name);
    const std::string signature = text.substr(text.rfind('.') + 1);
    BOOST_TEST(Lacks(run.log(), signature));
    BOOST_TEST(Lacks(host.audit(), signature));
    BOOST_TEST(Lacks(ReadFiles(host.folder.path()), signature));
  }
}

BOOST_AUTO_TEST_SUITE_END()
