// jobwarden-hook in the `pre_build_script` of a docker, kubernetes or shell executor: in the shell
// that runs the job's own lines behind it.

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tests/e2e/harness.h"
#include "tests/support/child.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

struct JobShell {
  std::vector<std::string> command;
  bool knows_ansi_quotes;  // $'…'
};
const JobShell kBashShell{{"/bin/bash"}, true};
const std::vector<JobShell> kShells{
    kBashShell,
    {{"/bin/dash"}, false},
#ifdef JOBWARDEN_BUSYBOX
    {{JOBWARDEN_BUSYBOX, "ash"}, false},
#endif
};

constexpr char kCiConfig[] = R"(deploy:
  id_tokens:
    JOBWARDEN_ID_TOKEN:
      aud: https://ci-runners.example.com
    VAULT_ID_TOKEN:
      aud: https://vault.example.com
    PYPI_STAGING_ID_TOKEN:
      aud: pypi-staging
  script:
    - ./deploy.sh
)";

// A runner whose jobs run in containers or shells of their own, and a checkout in which `deploy.sh`
// uses VAULT_ID_TOKEN.
class HookHost : public RunnerHost {
 public:
  HookHost() {
    fs::create_directories(Path("builds/shop/checkout"));
    folder.Write("builds/shop/checkout/.gitlab-ci.yml", kCiConfig);
    folder.Write("builds/shop/checkout/deploy.sh", "vault login \"$VAULT_ID_TOKEN\"\n");
    pre_build = "eval \"$(" + Program("jobwarden-hook") + " --config " + config_path() +
                " gitlab pre-build || echo exit 1)\"";
  }

  // The stage `build_script` as these executors run it.
  ChildResult Run(const Job& job, const JobShell& shell = kBashShell) {
    folder.Write("jobwarden.toml", config);
    RunnerJob sent = Sent(job);
    sent.shell = shell.knows_ansi_quotes ? Shell::kBash : Shell::kSh;
    if (!shell.knows_ansi_quotes) {
      sent.features.push_back({"FF_POSIXLY_CORRECT_ESCAPES", "true"});
    }
    const Folders folders{Path("builds"), Path("cache"), false};
    const auto variables = AllVariables(sent, folders);
    ScriptWriter writer(sent.runner, sent.shell, variables);
    writer.Variables(variables, TemporaryDir(sent, folders));
    writer.ChangeFolder(ProjectDir(sent, folders));
    writer.Commands({pre_build});
    writer.Commands(job.script);

    ChildOptions child;
    child.command = shell.command;
    // A container is started with the variables too.
    child.environment = container;
    child.environment["PATH"] = std::getenv("PATH");
    for (const auto& variable : variables) child.environment[variable.key] = variable.value;
    child.input = writer.Script();
    return RunChild(child);
  }

  std::string pre_build;
  Environment container;  ///< what else the image brings along
};

// What came of the job's own lines, behind the hook's line.
std::string JobOutput(const ChildResult& result) {
  return "\n" + result.out;
}

bool Stopped(const ChildResult& result) {
  return result.exit_code == 1 && result.out.find("the job runs") == std::string::npos;
}

Job DeployThat(std::vector<std::string> script) {
  Job job = ProtectedDeploy();
  script.insert(script.begin(), "echo the job runs");
  job.script = std::move(script);
  return job;
}

std::string Signature(const RunnerHost& host, const Job& job, const std::string& name) {
  const std::string text = host.TokenOf(job, name);
  return text.substr(text.rfind('.') + 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pre_build)

BOOST_AUTO_TEST_CASE(unused_token_is_gone_and_the_used_one_is_there_in_every_shell) {
  for (const JobShell& shell : kShells) {
    BOOST_TEST_CONTEXT(shell.command.back()) {
      HookHost host;
      const Job job = DeployThat({"env"});
      const ChildResult result = host.Run(job, shell);
      BOOST_TEST(result.exit_code == 0);
      BOOST_TEST(Has(JobOutput(result), "\nthe job runs\n"));
      BOOST_TEST(
          Has(JobOutput(result), "\nVAULT_ID_TOKEN=" + host.TokenOf(job, "VAULT_ID_TOKEN") + "\n"));
      BOOST_TEST(Lacks(result.out, "PYPI_STAGING_ID_TOKEN"));
      BOOST_TEST(Lacks(result.out, "JOBWARDEN_ID_TOKEN"));
      BOOST_TEST(Lacks(result.log, Signature(host, job, "PYPI_STAGING_ID_TOKEN")));
      BOOST_TEST(Lacks(result.log, Signature(host, job, "JOBWARDEN_ID_TOKEN")));
      BOOST_TEST(Has(JobOutput(result), "\nCI_JOB_TOKEN=" + job.job_token + "\n"));
      BOOST_TEST(Has(result.err, "jobwarden: allowed by rule \"shop deploys\"\n"));
      BOOST_TEST(Has(result.err, "took out 2 tokens"));
    }
  }
}

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
      BOOST_TEST(Has(result.err, "jobwarden: ask #ci-platform\n"));
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

// What is used

BOOST_AUTO_TEST_CASE(token_that_a_line_of_the_ci_configuration_names_stays) {
  HookHost host;
  host.folder.Write("builds/shop/checkout/.gitlab-ci.yml",
                    std::string(kCiConfig) + "    - twine upload -p \"$PYPI_STAGING_ID_TOKEN\"\n");
  const ChildResult result = host.Run(DeployThat({"env"}));
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Lacks(result.out, "JOBWARDEN_ID_TOKEN"));
}

BOOST_AUTO_TEST_CASE(token_is_kept_where_the_script_may_stand_elsewhere) {
  HookHost host;
  host.folder.Write("builds/shop/checkout/.gitlab-ci.yml",
                    "include:\n  - project: shop/ci\n    file: deploy.yml\n");
  const ChildResult result = host.Run(DeployThat({"env"}));
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Lacks(result.out, "JOBWARDEN_ID_TOKEN"));
  BOOST_TEST(Has(result.err, "are kept: \".gitlab-ci.yml\" includes other files\n"));
}

BOOST_AUTO_TEST_CASE(token_is_kept_where_the_ci_configuration_is_no_file_of_the_project) {
  HookHost host;
  fs::remove(host.Path("builds/shop/checkout/.gitlab-ci.yml"));
  ChildResult result = host.Run(DeployThat({"env"}));
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Has(result.err, "are kept: CI configuration "));

  // A link may lead anywhere.
  host.folder.Write("elsewhere.yml", kCiConfig);
  fs::create_symlink(host.Path("elsewhere.yml"), host.Path("builds/shop/checkout/.gitlab-ci.yml"));
  result = host.Run(DeployThat({"env"}));
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(token_is_kept_where_the_checkout_cannot_be_seen_whole) {
  HookHost host;
  fs::create_directory(host.Path("builds/shop/checkout/huge"));
  const std::string huge = host.folder.Write("builds/shop/checkout/huge/file", "");
  fs::resize_file(huge, std::uintmax_t{1} << 33U);
  const ChildResult result = host.Run(DeployThat({"env"}));
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Lacks(result.out, "JOBWARDEN_ID_TOKEN"));
  BOOST_TEST(Has(result.err, "tokens that may be unused are kept: "));
}

BOOST_AUTO_TEST_CASE(with_usage_script_only_the_runner_s_own_token_goes) {
  HookHost host;
  host.config += "[exposure]\nusage = \"script\"\n";
  const ChildResult result = host.Run(DeployThat({"env"}));
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Has(JobOutput(result), "\nVAULT_ID_TOKEN="));
  BOOST_TEST(Lacks(result.out, "JOBWARDEN_ID_TOKEN"));
  BOOST_TEST(Has(result.err, "are kept: "));
}

BOOST_AUTO_TEST_CASE(legacy_token_that_the_job_lists_stays) {
  HookHost host;
  Job job = DeployThat({"env"});
  const IdToken v2{"CI_JOB_JWT_V2", {"https://gitlab.example.com"}};
  job.predefined = {{"CI_JOB_JWT_V2", TokenText(job, v2, host.signer)}};
  job.variables = {{"JOBWARDEN_KEEP", "CI_JOB_JWT_V2"}};
  BOOST_TEST(Has(JobOutput(host.Run(job)), "\nCI_JOB_JWT_V2="));
}

BOOST_AUTO_TEST_CASE(legacy_tokens_go_even_where_all_others_are_kept) {
  HookHost host;
  host.config += "[exposure]\nusage = \"script\"\n";
  Job job = DeployThat({"env"});
  const IdToken v2{"CI_JOB_JWT_V2", {"https://gitlab.example.com"}};
  job.predefined = {{"CI_JOB_JWT_V2", TokenText(job, v2, host.signer)}};
  const ChildResult result = host.Run(job);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.err, "LEGACY_TOKEN"));
  BOOST_TEST(Lacks(result.out, "CI_JOB_JWT"));
}

BOOST_AUTO_TEST_CASE(job_token_stays_under_all_its_names) {
  HookHost host;
  Job job = DeployThat({"env"});
  job.variables = {{"ALIAS", "x$CI_JOB_TOKEN"}};
  const ChildResult result = host.Run(job);
  BOOST_TEST(Has(JobOutput(result), "\nALIAS=x" + job.job_token + "\n"));
  BOOST_TEST(Has(JobOutput(result), "\nCI_REGISTRY_PASSWORD=" + job.job_token + "\n"));
}

BOOST_AUTO_TEST_CASE(value_that_a_rule_names_goes_where_nothing_uses_it) {
  HookHost host;
  host.config +=
      "[[exposure.rule]]\nvariable = \"DEPLOY_*\"\naction = \"strip\"\n"
      "[[exposure.rule]]\nvariable = \"PYPI_*\"\naction = \"mask\"\n";
  Job job = DeployThat({"env"});
  job.variables = {{"DEPLOY_KEY", "0123456789abcdef"}, {"DEPLOY_USER", "kim-the-deployer"}};
  host.folder.Write("builds/shop/checkout/use.sh", "login \"$DEPLOY_USER\"\n");
  const ChildResult result = host.Run(job);
  BOOST_TEST(Lacks(result.out, "DEPLOY_KEY"));
  BOOST_TEST(Has(JobOutput(result), "\nDEPLOY_USER=kim-the-deployer\n"));
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(record_says_why_each_name_goes_or_stays) {
  HookHost host;
  host.Run(DeployThat({}));
  BOOST_TEST(Has(host.audit(), R"("VAULT_ID_TOKEN":"a file of the checkout names it")"));
  BOOST_TEST(Has(host.audit(), R"("PYPI_STAGING_ID_TOKEN":"nothing names it")"));
  BOOST_TEST(Has(host.audit(), R"("CI_JOB_TOKEN":"the runner's lines for release: may need it")"));
}

BOOST_AUTO_TEST_CASE(job_may_keep_a_token_by_name) {
  HookHost host;
  Job job = DeployThat({"env"});
  job.variables = {{"JOBWARDEN_KEEP", "PYPI_STAGING_ID_TOKEN, JOBWARDEN_ID_TOKEN"}};
  const ChildResult result = host.Run(job);
  BOOST_TEST(Has(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
  BOOST_TEST(Has(JobOutput(result), "\nJOBWARDEN_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(every_name_of_an_unused_token_goes_and_its_file_too) {
  HookHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = DeployThat({"env"});
  job.variables = {{"ALIAS", "$PYPI_STAGING_ID_TOKEN"},
                   {"IN_A_FILE", "token=$PYPI_STAGING_ID_TOKEN", true},
                   {"USED_FILE", "token=$VAULT_ID_TOKEN", true},
                   {"HARMLESS_FILE", "kept", true}};
  host.folder.Write("builds/shop/checkout/use.sh", "cat \"$USED_FILE\"\n");
  const ChildResult result = host.Run(job);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Lacks(result.out, "ALIAS="));
  BOOST_TEST(Lacks(result.out, "IN_A_FILE="));
  BOOST_TEST(Has(JobOutput(result), "\nUSED_FILE=/"));
  BOOST_TEST(!fs::exists(host.Path("builds/shop/checkout.tmp/IN_A_FILE")));
  BOOST_TEST(fs::exists(host.Path("builds/shop/checkout.tmp/USED_FILE")));
  BOOST_TEST(Slurp(host.Path("builds/shop/checkout.tmp/HARMLESS_FILE")) == "kept");
}

BOOST_AUTO_TEST_CASE(what_a_person_made_from_a_token_stays_and_what_the_job_declared_goes) {
  HookHost host;
  Job job = DeployThat({"env"});
  // It comes before the declared name in the alphabet, and so in an environment.
  job.variables = {{"A_HEADER", "Bearer $PYPI_STAGING_ID_TOKEN"}};
  const ChildResult result = host.Run(job);
  BOOST_TEST(Has(JobOutput(result), "\nA_HEADER=Bearer "));
  BOOST_TEST(Lacks(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
}

// A hard link is another name of the same bytes.
BOOST_AUTO_TEST_CASE(file_of_a_stripped_token_is_empty_before_it_is_gone) {
  HookHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = DeployThat({});
  job.variables = {{"IN_A_FILE", "$PYPI_STAGING_ID_TOKEN", true}};
  fs::create_directories(host.Path("builds/shop/checkout.tmp"));
  host.folder.Write("builds/shop/checkout.tmp/IN_A_FILE", "");
  fs::create_hard_link(host.Path("builds/shop/checkout.tmp/IN_A_FILE"), host.Path("other-name"));
  BOOST_TEST(host.Run(job).exit_code == 0);
  BOOST_TEST(!fs::exists(host.Path("builds/shop/checkout.tmp/IN_A_FILE")));
  BOOST_TEST(fs::file_size(host.Path("other-name")) == 0U);
}

// Hostile text

BOOST_AUTO_TEST_CASE(names_that_no_shell_knows_are_reported_and_never_printed_for_one) {
  HookHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  const Job job = DeployThat({"env"});
  const std::string token = host.TokenOf(job, "PYPI_STAGING_ID_TOKEN");
  const std::string touch = "touch " + host.Path("pwned");
  const std::vector<std::string> names = {"A;" + touch,
                                          "$(" + touch + ")",
                                          "`" + touch + "`",
                                          "A\n" + touch + "\n",
                                          "A'" + touch + "'",
                                          "A\"",
                                          "A B",
                                          "1A",
                                          "A-B",
                                          "Ä",
                                          "BASH_FUNC_unset%%"};
  for (const std::string& name : names) {
    host.container[name] = token;
  }
  for (const JobShell& shell : kShells) {
    BOOST_TEST_CONTEXT(shell.command.back()) {
      const ChildResult result = host.Run(job, shell);
      BOOST_TEST(!fs::exists(host.Path("pwned")));
      BOOST_TEST(Lacks(result.err, Signature(host, job, "PYPI_STAGING_ID_TOKEN")));
    }
  }
  const ChildResult result = host.Run(job, kBashShell);
  BOOST_TEST(Has(result.err, "jobwarden: kept, because no shell can unset them: "));
  BOOST_TEST(Has(result.err, ", \"A B\", "));
  BOOST_TEST(Lacks(JobOutput(result), "\nPYPI_STAGING_ID_TOKEN="));
}

BOOST_AUTO_TEST_CASE(values_are_no_shell_text) {
  HookHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = DeployThat({"env"});
  const std::string touch = "touch " + host.Path("pwned");
  job.variables = {{"ONE", "$PYPI_STAGING_ID_TOKEN\n" + touch + "\n", false, false},
                   {"TWO", "'$PYPI_STAGING_ID_TOKEN'; " + touch, false, false},
                   {"THREE", "$(" + touch + ") $PYPI_STAGING_ID_TOKEN", false, false},
                   {"JOBWARDEN_KEEP", "X; " + touch}};
  for (const JobShell& shell : kShells) {
    BOOST_TEST_CONTEXT(shell.command.back()) {
      const ChildResult result = host.Run(job, shell);
      BOOST_TEST(result.exit_code == 0);
      BOOST_TEST(!fs::exists(host.Path("pwned")));
      BOOST_TEST(Lacks(result.log, Signature(host, job, "PYPI_STAGING_ID_TOKEN")));
    }
  }
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
