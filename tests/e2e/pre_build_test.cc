// jobwarden-hook in the `pre_build_script` of a docker, kubernetes or shell executor: in the shell
// that runs the job's own lines after it.

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "tests/e2e/hook_host.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(pre_build)

BOOST_AUTO_TEST_CASE(nothing_of_a_denied_job_runs_in_any_shell) {
  for (const JobShell& shell : kShells) {
    BOOST_TEST_CONTEXT(shell.command.back()) {
      HookHost host;
      Job job = ForkMergeRequestDeploy();
      job.script = {"echo the job runs", "touch '" + host.Path("ran") + "'"};
      const ChildResult result = host.Run(job, shell);
      BOOST_TEST(Stopped(result));
      BOOST_TEST(!fs::exists(host.Path("ran")));
      BOOST_TEST(Has(result.err, " FORK_DENIED: "));
      BOOST_TEST(Has(result.err, "jobwarden: ask #ci-platform (decision "));
    }
  }
}

BOOST_AUTO_TEST_CASE(branch_that_no_rule_allows_is_denied) {
  HookHost host;
  Job job = FeatureBranchDeploy();
  job.script = {"echo the job runs"};
  const ChildResult result = host.Run(job);
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, " NO_RULE_ALLOWS: "));
}

// A server older than 18.4 does not say in which project the job runs.
BOOST_AUTO_TEST_CASE(fork_that_only_the_variables_name_is_denied) {
  HookHost host;
  Job job = ForkMergeRequestDeploy();
  job.server_sends_job_project = false;
  job.script = {"echo the job runs"};
  const ChildResult result = host.Run(job);
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, " FORK_DENIED: "));
}

BOOST_AUTO_TEST_CASE(job_without_a_token_is_told_what_to_write) {
  HookHost host;
  Job job = DeployThat({});
  job.id_tokens.clear();
  const ChildResult result = host.Run(job);
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, " TOKEN_MISSING: "));
  BOOST_TEST(Has(result.err, "      aud: \"https://ci-runners.example.com\"\n"));
}

BOOST_AUTO_TEST_CASE(token_that_nobody_signed_is_denied) {
  HookHost host;
  Job job = DeployThat({});
  const std::string good = host.TokenOf(job, "VAULT_ID_TOKEN");
  job.Token("VAULT_ID_TOKEN").value =
      good.substr(0, good.rfind('.') + 1) + Signature(host, job, "PYPI_STAGING_ID_TOKEN");
  const ChildResult result = host.Run(job);
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, " SIGNATURE_INVALID: "));
}

BOOST_AUTO_TEST_CASE(record_says_that_nothing_was_enforced_and_nothing_bound) {
  HookHost host;
  host.Run(DeployThat({}));
  Job denied = FeatureBranchDeploy();
  host.Run(denied);
  BOOST_TEST(
      Has(host.audit(), R"("outcome":"allow","mode":"enforce","enforced":false,"bound":false)"));
  BOOST_TEST(
      Has(host.audit(), R"("outcome":"deny","mode":"enforce","enforced":false,"bound":false)"));
  BOOST_TEST(Has(host.audit(), R"("stripped":["JOBWARDEN_ID_TOKEN","PYPI_STAGING_ID_TOKEN"])"));
  BOOST_TEST(Lacks(host.audit(), "eyJ"));
}

BOOST_AUTO_TEST_CASE(report_mode_refuses_nothing_and_strips_nothing) {
  HookHost host;
  Change(host.config, "mode = \"enforce\"", "mode = \"report\"");
  Job job = FeatureBranchDeploy();
  job.script = {"env"};
  const ChildResult result = host.Run(job);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Has(result.err, "report mode: would be denied"));
  BOOST_TEST(Has(result.err, "would take out 2 tokens"));
}

BOOST_AUTO_TEST_CASE(mode_of_exposure_alone_may_be_report) {
  HookHost host;
  host.config += "[exposure]\nmode = \"report\"\n";
  BOOST_TEST(Has(JobOutput(host.Run(DeployThat({"env"}))), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Stopped(host.Run(FeatureBranchDeploy())));
}

// Where the hook fails itself

BOOST_AUTO_TEST_CASE(broken_configuration_stops_the_job) {
  HookHost host;
  Change(host.config, "version = 1", "version = 1\nmdoe = \"report\"");
  const ChildResult result = host.Run(DeployThat({}));
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, "jobwarden: CONFIG_INVALID: "));
}

BOOST_AUTO_TEST_CASE(hook_that_is_not_there_stops_the_job_in_every_shell) {
  for (const JobShell& shell : kShells) {
    HookHost host;
    Change(host.pre_build, Program("jobwarden-hook"), host.Path("absent"));
    BOOST_TEST(Stopped(host.Run(DeployThat({}), shell)), shell.command.back());
  }
}

BOOST_AUTO_TEST_CASE(hook_that_cannot_start_stops_the_job_in_every_shell) {
  for (const JobShell& shell : kShells) {
    HookHost host;
    Change(host.pre_build, "$(", "$(ulimit -v 1000; ");
    BOOST_TEST(Stopped(host.Run(DeployThat({}), shell)), shell.command.back());
  }
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_had_stop_the_job) {
  HookHost host;
  fs::remove(host.Path("gitlab-keys.json"));
  const ChildResult result = host.Run(DeployThat({}));
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, " KEYS_UNAVAILABLE: "));
}

BOOST_AUTO_TEST_CASE(rule_that_asks_for_facts_is_refused_by_name) {
  for (const std::string kind : {"allow", "deny"}) {
    HookHost host;
    host.config += "[[" + kind + "]]\nname = \"own images\"\nfacts = { image = \"x/**\" }\n" +
                   (kind == "allow" ? "claims = { project_path = \"shop/**\" }\n" : "");
    const ChildResult result = host.Run(DeployThat({}));
    BOOST_TEST(Stopped(result));
    BOOST_TEST(Has(result.err, "jobwarden: CONFIG_INVALID: rule \"own images\": facts "));
  }
}

// Here the job's user is the owner of the file.
BOOST_AUTO_TEST_CASE(configuration_that_the_job_could_write_stops_it_unless_shared_user_is_set) {
  HookHost host;
  Change(host.config, "shared_user = true\n", "");
  const ChildResult result = host.Run(DeployThat({}));
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, "jobwarden: CONFIG_INVALID: "));
  BOOST_TEST(Has(result.err, "who runs the job's script"));
}

BOOST_AUTO_TEST_CASE(audit_that_cannot_be_written_stops_the_job_only_where_it_is_required) {
  HookHost host;
  Change(host.config, "/audit.jsonl\"", "/absent/audit.jsonl\"");
  ChildResult result = host.Run(DeployThat({}));
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, "jobwarden: AUDIT_FAILED: "));

  Change(host.config, "\"enforce\"", "\"report\"");
  result = host.Run(DeployThat({}));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.err, "(the job goes on: mode = \"report\")\n"));
  Change(host.config, "\"report\"", "\"enforce\"");

  host.config += "required = false\n";
  result = host.Run(DeployThat({}));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(JobOutput(result), "\nthe job runs\n"));
  BOOST_TEST(Has(result.err, "jobwarden: warning: AUDIT_FAILED: "));
}

BOOST_AUTO_TEST_CASE(more_tokens_than_a_job_can_need_stop_it) {
  HookHost host;
  Job job = DeployThat({});
  for (int i = 0; i < 300; ++i) {
    job.id_tokens.push_back({"T" + std::to_string(i), {"x"}});
    job.id_tokens.back().value =
        "eyJhIjoiIn0." +
        Base64Url(R"({"iss":"https://gitlab.example.com","n":)" + std::to_string(i) + "}") +
        ".c2ln";
  }
  const ChildResult result = host.Run(job);
  BOOST_TEST(Stopped(result));
  BOOST_TEST(Has(result.err, " JOB_UNREADABLE: "));
}

BOOST_AUTO_TEST_SUITE_END()
