// What a docker, kubernetes or shell executor's job keeps after jobwarden-hook in
// `pre_build_script`.

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "tests/e2e/hook_host.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(pre_build_exposure)

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
      BOOST_TEST(Has(result.err, "jobwarden: allowed by rule \"shop deploys\" (decision "));
      BOOST_TEST(Has(result.err, "took out 2 tokens"));
    }
  }
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

BOOST_AUTO_TEST_SUITE_END()
