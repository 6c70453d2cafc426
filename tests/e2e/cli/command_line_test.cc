// The command line as a whole: help, version, and words that mean nothing.

#include <boost/test/unit_test.hpp>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(help_and_version_go_to_standard_output) {
  const CliHost host;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--help"}, std::vector<std::string>{"verify", "--help"},
        std::vector<std::string>{"keys", "show", "--help"}}) {
    const ChildResult result = host.Run(words);
    BOOST_TEST(result.exit_code == 0);
    BOOST_TEST(Has(result.out, "Usage: jobwarden"));
    BOOST_TEST(result.err == "");
  }
  const ChildResult version = host.Run({"--version"});
  BOOST_TEST(version.exit_code == 0);
  BOOST_TEST(version.err == "");
  BOOST_TEST(!version.out.empty());
}

BOOST_AUTO_TEST_CASE(words_that_mean_nothing_are_a_usage_error_with_a_hint) {
  const CliHost host;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, std::vector<std::string>{"verfy"},
        std::vector<std::string>{"keys"}, std::vector<std::string>{"token"},
        std::vector<std::string>{"verify", "--token-stdin", "--jsn"},
        std::vector<std::string>{"jws", "--keys"}}) {
    const ChildResult result = host.Run(words);
    BOOST_TEST(result.exit_code == kUsage, result.log);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err.starts_with("jobwarden: CONFIG_INVALID: "), result.err);
    BOOST_TEST(Has(result.err, "\n  hint: "));
  }
  BOOST_TEST(Has(host.Run({"policy", "diff", "a"}).err, ": NEW is required\n"));
}

BOOST_AUTO_TEST_CASE(command_that_there_is_not_is_answered_with_those_that_there_are) {
  const CliHost host;
  const ChildResult top = host.Run({"--config", "policy", "verfy"});
  BOOST_TEST(Has(top.err, "expected a command after jobwarden: verify, inspect, jws, keys, "));
  BOOST_TEST(top.err.ends_with("\n  hint: did you mean jobwarden verify?\n"), top.err);
  const ChildResult below = host.Run({"policy", "glpat-1234567890"});
  BOOST_TEST(Has(below.err, "expected a command after jobwarden policy: check, test, diff, "));
  BOOST_TEST(below.err.ends_with("\n  hint: see jobwarden policy --help\n"), below.err);
  BOOST_TEST(Lacks(below.log, "glpat"));
  BOOST_TEST(OneLineOfJson(host.Run({"policy", "--json"}))["outcome"] == "usage");
}

BOOST_AUTO_TEST_CASE(configuration_may_be_named_before_and_after_the_command) {
  const CliHost host;
  const std::string now = std::to_string(kIssuedAt);
  BOOST_TEST(host.Run({"--config", host.config_path(), "verify", "--token-stdin", "--now", now},
                      host.token)
                 .exit_code == kAllow);
  BOOST_TEST(host.Run({"verify", "--token-stdin", "--now", now, "--config", host.config_path()},
                      host.token)
                 .exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(settings_are_shown_with_their_places) {
  const CliHost host;
  const ChildResult written = host.Run({"config", "show", "--config", host.config_path()});
  BOOST_TEST(written.exit_code == kAllow, written.log);
  BOOST_TEST(Has(written.out, "name = \"deploys\" "));
  BOOST_TEST(Has(written.out, "# " + host.config_path() + ":12:"));
  BOOST_TEST(Lacks(written.out, "# default"));
  const ChildResult all =
      host.Run({"config", "show", "--effective", "--config", host.config_path()});
  BOOST_TEST(Has(all.out, "\nmode = \"enforce\" "));
  host.folder.Write("jobwarden.toml", "mod = 1\n");
  const ChildResult bad = host.Run({"config", "show", "--config", host.config_path()});
  BOOST_TEST(bad.exit_code == kUsage);
  BOOST_TEST(bad.out == "");
}

BOOST_AUTO_TEST_CASE(no_variable_names_another_configuration) {
  CliHost host;
  host.environment["JOBWARDEN_CONFIG"] = host.config_path();
  host.environment["JOBWARDEN_CONFIG_PATH"] = host.config_path();
  const ChildResult result = host.Run({"keys", "show"});
  BOOST_TEST(Has(result.log, "/etc/jobwarden/jobwarden.toml"));
}

BOOST_AUTO_TEST_CASE(keys_that_are_pinned_are_shown_as_json_and_errors_too) {
  const CliHost host;
  const auto shown =
      OneLineOfJson(host.Run({"keys", "show", "--json", "--config", host.config_path()}));
  BOOST_TEST(shown["issuers"][0]["state"] == "pinned");
  const ChildResult unknown =
      host.Run({"keys", "show", "--json", "--issuer", "x", "--config", host.config_path()});
  BOOST_TEST(unknown.exit_code == kUsage);
  BOOST_TEST(CodesOf(OneLineOfJson(unknown)) == "CONFIG_INVALID");
  BOOST_TEST(unknown.err == "");
}

BOOST_AUTO_TEST_CASE(request_for_a_token_of_a_provider_that_hands_out_none_is_refused) {
  const CliHost host;
  const ChildResult result = host.Run({"token", "request", "--audience", "a", "--issuer", "gitlab",
                                       "--config", host.config_path()});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.err,
                 "issuer \"gitlab\": expected one whose jobs request id_tokens, got provider "
                 "\"gitlab\"\n  hint: its jobs have their id_tokens in variables\n"));
}

// Each command may hold a token, and one holds the key that signs the policy of a fleet.
BOOST_AUTO_TEST_CASE(no_command_leaves_a_core_file) {
  const CliHost host;
  for (const std::string& words :
       {"verify --token-stdin --config " + host.config_path(), std::string("inspect --token-stdin"),
        "jws --keys " + host.keys_path()}) {
    ChildOptions shell;
    // The command waits for its standard input, and is looked at then.
    shell.command = {
        "/bin/bash", "-c",
        "ulimit -S -c unlimited; mkfifo in; \"$0\" " + words +
            " <>in >out 2>&1 & for i in {1..100}; do\n"
            "  grep -Eq '^Max core file size +0 ' /proc/$!/limits && found=1 && break\n"
            "  sleep 0.05\n"
            "done; kill $!; rm in; [ \"$found\" ]",
        Program("jobwarden")};
    shell.folder = host.folder.path();
    const ChildResult result = RunChild(shell);
    BOOST_TEST(result.exit_code == 0, words << ": " << result.log);
  }
}

BOOST_AUTO_TEST_SUITE_END()
