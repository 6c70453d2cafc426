// Where a job's tokens are, and where not.

#include <algorithm>

#include "tests/e2e/harness.h"

using namespace jobwarden::testing;

namespace {

// Where the log is to show what the job had.
constexpr char kUnmasked[] = "[exposure]\nmask_output = false\n";

// A part of the token that no other token has, not even the same token of a test that runs at the
// same time.
std::string Signature(const RunnerHost& host, const Job& job, const std::string& name) {
  const std::string text = host.TokenOf(job, name);
  return text.substr(text.rfind('.') + 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exposure)

BOOST_AUTO_TEST_CASE(unused_tokens_are_gone_and_the_used_one_is_there) {
  RunnerHost host;
  host.config += kUnmasked;
  const Job job = JobThat({"env", "test -n \"$VAULT_ID_TOKEN\""});
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\nVAULT_ID_TOKEN=" + host.TokenOf(job, "VAULT_ID_TOKEN") + "\n"));
  BOOST_TEST(Lacks(Out(run), "PYPI_STAGING_ID_TOKEN"));
  BOOST_TEST(Lacks(Out(run), "JOBWARDEN_ID_TOKEN"));
  BOOST_TEST(Lacks(run.log(), Signature(host, job, "PYPI_STAGING_ID_TOKEN")));
  BOOST_TEST(Lacks(run.log(), Signature(host, job, "JOBWARDEN_ID_TOKEN")));
}

BOOST_AUTO_TEST_CASE(log_says_what_was_taken_out_and_how_to_keep_it) {
  RunnerHost host;
  const std::string log = host.Play(ProtectedDeploy()).Find("prepare")->result.log;
  BOOST_TEST(Has(log, "PYPI_STAGING_ID_TOKEN"));
  BOOST_TEST(Has(log, "JOBWARDEN_KEEP"));
  BOOST_TEST(Lacks(log, "VAULT_ID_TOKEN,"));
}

// A user in 200 groups with long paths.
BOOST_AUTO_TEST_CASE(tokens_of_34_kb_are_verified_used_and_masked) {
  RunnerHost host;
  Job job = JobThat({"echo \"${#VAULT_ID_TOKEN} $VAULT_ID_TOKEN\""});
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for (int i = 0; i < 200; ++i) groups.push_back(std::to_string(1000 + i) + std::string(120, 'g'));
  for (IdToken& token : job.id_tokens) token.claims["groups_direct"] = groups;
  const std::string size = std::to_string(host.TokenOf(job, "VAULT_ID_TOKEN").size());
  BOOST_TEST(size.size() == 5U);
  BOOST_TEST(size > "34000");
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(Out(run), "\n" + size + " [MASKED]\n"));
}

// While the script runs: the scripts and the job response on disk, the environment and the
// arguments of every process of the machine, the driver's own among them.
BOOST_AUTO_TEST_CASE(unused_token_is_nowhere_while_the_job_runs) {
  RunnerHost host;
  const std::string dump = host.Path("dump");
  const std::string go = host.Path("go");
  const Job job = JobThat({"cat /proc/self/environ /proc/[0-9]*/environ /proc/[0-9]*/cmdline >'" +
                               dump + "' 2>/dev/null || true",
                           "echo ready", "while [ ! -e '" + go + "' ]; do sleep 0.01; done"});
  Files on_disk;
  host.options.on_output = [&](const std::string& call, pid_t, const std::string& log) {
    if (call == "build_script" && on_disk.empty() && log.find("\nready\n") != log.npos) {
      on_disk = ReadFiles(host.options.folder);
      host.folder.Write("go", "");
    }
  };
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(!on_disk.empty());
  const std::string processes = Slurp(dump);
  BOOST_TEST((processes.find("CI_PROJECT_PATH=shop/checkout") != processes.npos));
  for (const IdToken& token : job.id_tokens) {
    const std::string signature = Signature(host, job, token.name);
    BOOST_TEST(Lacks(on_disk, signature));
    BOOST_TEST((processes.find(signature) == processes.npos), token.name);
  }
}

BOOST_AUTO_TEST_CASE(used_token_is_in_no_file_and_in_no_environment_but_the_job_s) {
  RunnerHost host;
  const std::string dump = host.Path("dump");
  const Job job = JobThat({"test -n \"$VAULT_ID_TOKEN\"",
                           "cat /proc/$PPID/environ >'" + dump + "' 2>/dev/null || true"});
  Files on_disk;
  host.options.on_output = [&](const std::string& call, pid_t, const std::string&) {
    if (call == "build_script") on_disk = ReadFiles(host.options.folder);
  };
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
  BOOST_TEST(!on_disk.empty());
  for (const auto& [name, text] : on_disk) {
    if (name.ends_with("response.json")) continue;
    BOOST_TEST((text.find(Signature(host, job, "VAULT_ID_TOKEN")) == text.npos), name);
  }
  BOOST_TEST(Lacks(Slurp(dump), Signature(host, job, "VAULT_ID_TOKEN")));
  BOOST_TEST(Lacks(Slurp(dump), job.job_token));
}

BOOST_AUTO_TEST_CASE(script_is_no_descriptor_of_the_job_s_processes) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"ls -l /proc/self/fd"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Lacks(Out(run), "memfd"));
}

BOOST_AUTO_TEST_CASE(job_may_keep_a_token_by_name) {
  RunnerHost host;
  Job job = JobThat({"env"});
  job.variables = {{"JOBWARDEN_KEEP", "PYPI_STAGING_ID_TOKEN OTHER"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Lacks(Out(run), "\nVAULT_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(job_may_not_keep_where_the_administrator_says_so) {
  RunnerHost host;
  host.config += "[exposure]\njob_may_keep = false\n";
  Job job = JobThat({"env"});
  job.variables = {{"JOBWARDEN_KEEP", "PYPI_STAGING_ID_TOKEN"}};
  BOOST_TEST(Lacks(Out(host.Play(job)), "\nPYPI_STAGING_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(every_name_of_an_unused_token_goes) {
  RunnerHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = JobThat({"env"});
  job.variables = {{"ALIAS", "$PYPI_STAGING_ID_TOKEN"},
                   {"HEADER", "Authorization: Bearer ${PYPI_STAGING_ID_TOKEN}"},
                   {"IN_A_FILE", "token=$PYPI_STAGING_ID_TOKEN", true},
                   {"RAW", "$HARMLESS", false, true},
                   {"HARMLESS", "kept"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Lacks(Out(run), "\nALIAS="));
  BOOST_TEST(Lacks(Out(run), "\nHEADER="));
  BOOST_TEST(Lacks(Out(run), "\nIN_A_FILE="));
  BOOST_TEST(Has(Out(run), "\nRAW=$HARMLESS\n"));
  BOOST_TEST(Has(Out(run), "\nHARMLESS=kept\n"));
  const std::string signature = Signature(host, job, "PYPI_STAGING_ID_TOKEN");
  BOOST_TEST(Lacks(run.log(), signature));
  BOOST_TEST(Lacks(ReadFiles(host.Path("builds")), signature));
}

BOOST_AUTO_TEST_CASE(what_a_person_made_from_a_token_is_a_declared_use) {
  RunnerHost host;
  Job job = JobThat({"env"});
  job.variables = {{"ALIAS", "$PYPI_STAGING_ID_TOKEN"},
                   {"HEADER", "Authorization: Bearer ${VAULT_ID_TOKEN}"},
                   {"OURS", "$JOBWARDEN_ID_TOKEN"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\nALIAS=[MASKED]\n"));
  BOOST_TEST(Has(Out(run), "\nHEADER=Authorization: Bearer [MASKED]\n"));
  BOOST_TEST(Lacks(Out(run), "\nOURS="));
  BOOST_TEST(Lacks(Out(run), "_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_not_expanded_is_text_of_the_job) {
  RunnerHost host;
  Job job = JobThat({"env"});
  job.variables = {{"LOGIN", "vault login $VAULT_ID_TOKEN", false, true}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nVAULT_ID_TOKEN=[MASKED]\n"));
  BOOST_TEST(Lacks(Out(run), "\nPYPI_STAGING_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(a_script_from_elsewhere_may_use_each_token_but_the_runner_s_own) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"curl() { echo env; }; curl x | sh"}));
  for (const char* name : {"CI_JOB_TOKEN", "VAULT_ID_TOKEN", "PYPI_STAGING_ID_TOKEN"}) {
    BOOST_TEST(Has(Out(run), "\n" + std::string(name) + "=[MASKED]\n"));
  }
  BOOST_TEST(Lacks(Out(run), "\nJOBWARDEN_ID_TOKEN="));
}

// A POSIX runner writes it without quotes: so that its lines stand between the exports.
BOOST_AUTO_TEST_CASE(value_of_several_lines_hides_no_token) {
  RunnerHost host;
  Job job = JobThat({"env"});
  job.predefined = {{"CI_COMMIT_MESSAGE", "Fix\n"}, {"LINES_WITHOUT_BLANKS", "one\ntrue;true"}};
  job.variables = {{"FF_POSIXLY_CORRECT_ESCAPES", "true"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nFF_POSIXLY_CORRECT_ESCAPES=true\n"));
  BOOST_TEST(Lacks(Out(run), "_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(names_are_kept_one_by_one) {
  RunnerHost host;
  host.config += kUnmasked;
  Job job = JobThat({"env", "curl() { :; }; curl -H \"$HEADER\""});
  job.variables = {{"HEADER", "Bearer $VAULT_ID_TOKEN"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nHEADER=Bearer " + host.TokenOf(job, "VAULT_ID_TOKEN") + "\n"));
  BOOST_TEST(Lacks(Out(run), "\nVAULT_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(file_variable_that_is_used_is_a_file) {
  RunnerHost host;
  host.config += kUnmasked;
  Job job = JobThat({"cat \"$TOKEN_FILE\""});
  job.variables = {{"TOKEN_FILE", "$VAULT_ID_TOKEN", true}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), host.TokenOf(job, "VAULT_ID_TOKEN")));
}

// No script writes such a name: the program makes it from that of a registry, or of its own
// variable.
BOOST_AUTO_TEST_CASE(variables_that_a_program_looks_for_by_a_pattern_are_there) {
  RunnerHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = JobThat({"terraform() { env; }; terraform apply"});
  job.variables = {{"TF_VAR_vault_jwt", "$VAULT_ID_TOKEN"},
                   {"TF_TOKEN_gitlab_example_com", "$CI_JOB_TOKEN"},
                   {"POETRY_HTTP_BASIC_SHOP_PASSWORD", "$CI_JOB_TOKEN"}};
  JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nTF_VAR_vault_jwt=[MASKED]\n"));
  BOOST_TEST(Has(Out(run), "\nTF_TOKEN_gitlab_example_com=[MASKED]\n"));
  BOOST_TEST(Lacks(Out(run), "\nPOETRY_"));
  job.script = {"poetry() { env; }; poetry install"};
  run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nPOETRY_HTTP_BASIC_SHOP_PASSWORD=[MASKED]\n"));
  BOOST_TEST(Lacks(Out(run), "\nTF_"));
}

BOOST_AUTO_TEST_CASE(comment_and_echo_name_nothing) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"# not $VAULT_ID_TOKEN", "env"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Lacks(Out(run), "\nVAULT_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(longer_name_does_not_name_the_shorter) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"echo $VAULT_ID_TOKENS", "env"}));
  BOOST_TEST(Lacks(Out(run), "\nVAULT_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(token_that_only_after_script_uses_is_absent_before) {
  RunnerHost host;
  Job job = JobThat({"env"});
  job.after_script = {"env", "test -n \"$VAULT_ID_TOKEN\""};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Lacks(Out(run), "\nVAULT_ID_TOKEN="));
  BOOST_TEST(Has(Out(run, "after_script"), "\nVAULT_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(token_that_only_script_uses_is_absent_afterwards) {
  RunnerHost host;
  Job job = JobThat({"test -n \"$VAULT_ID_TOKEN\""});
  job.after_script = {"env"};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run, "after_script"), "\nCI_PROJECT_PATH="));
  BOOST_TEST(Lacks(Out(run, "after_script"), "\nVAULT_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(legacy_tokens_are_taken_out_and_reported) {
  RunnerHost host;
  Job job = JobThat({"env"});
  IdToken v1{"CI_JOB_JWT", {}};
  v1.claims = {{"iss", "gitlab.example.com"}, {"aud", nullptr}};
  const IdToken v2{"CI_JOB_JWT_V2", {"https://gitlab.example.com"}};
  const std::string v1_text = TokenText(job, v1, host.signer);
  job.predefined = {{"CI_JOB_JWT", v1_text},
                    {"CI_JOB_JWT_V1", v1_text},
                    {"CI_JOB_JWT_V2", TokenText(job, v2, host.signer)}};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(run.log(), "LEGACY_TOKEN"));
  BOOST_TEST(Lacks(Out(run), "\nCI_JOB_JWT"));
}

BOOST_AUTO_TEST_CASE(runner_made_stages_lose_every_id_token) {
  RunnerHost host;
  const Job job = JobThat({"test -n \"$VAULT_ID_TOKEN\""});
  RunnerJob sent = Send(job, host.signer);
  // An administrator's hook, in the runner's own stage.
  ScriptWriter writer(sent.runner, sent.shell, AllVariables(sent, {}));
  writer.Variables(AllVariables(sent, {}), host.Path("builds.tmp"));
  writer.Line("env");
  sent.scripts["restore_cache"] = writer.Script();
  sent.response["cache"] = {{{"key", "k"}, {"paths", {"vendor"}}}};
  const JobRun run = host.Play(sent);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run, "restore_cache"), "\nCI_JOB_TOKEN="));
  BOOST_TEST(Lacks(Out(run, "restore_cache"), "_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(release_stage_that_holds_the_job_token_runs) {
  RunnerHost host;
  Job job = JobThat({"true"});
  job.release = {"test \"$CI_JOB_TOKEN\" = '" + job.job_token + "'", "echo released"};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(run.log(), "\nreleased\n"));
}

BOOST_AUTO_TEST_CASE(many_and_large_values_pass_unchanged) {
  RunnerHost host;
  Job job = JobThat({"printf %s \"$LARGE\" | wc -c", "printf %s \"$ODD\" | od -An -w99 -tx1"});
  job.variables = {{"LARGE", std::string(100'000, 'x') + "'\"\\\n"},
                   {"ODD", "\x7f\x1b[0m\t\r\n'\"`$(x)\\\\n"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(run.log(), "\n100004\n"));
  BOOST_TEST(Has(run.log(), " 7f 1b 5b 30 6d 09 0d 0a 27 22 60 24 28 78 29 5c 5c 6e\n"));
}

BOOST_AUTO_TEST_CASE(mode_of_exposure_alone_may_be_report) {
  RunnerHost host;
  host.config += "[exposure]\nmode = \"report\"\n";
  BOOST_TEST(Has(Out(host.Play(JobThat({"env"}))), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Denied(host.Play(FeatureBranchDeploy()), "NO_RULE_ALLOWS"));
}

BOOST_AUTO_TEST_SUITE_END()
