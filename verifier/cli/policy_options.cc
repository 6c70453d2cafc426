#include "verifier/cli/policy_options.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

#include "verifier/base/text.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

void AddPolicyTest(CLI::App& policy, Options& options, std::string& format) {
  auto& test = options.policy_test;
  auto* command = policy.add_subcommand("test",
                                        "Run the cases of test files against the rules; no key, no "
                                        "network. Exit 0 all pass, 1 not, 2 "
                                        "for a mistake in a file");
  command->callback([&options] { options.command = Command::kPolicyTest; });
  command->add_option("FILE", test.files, "test files (TOML)")->required();
  command->add_option("--format", format, "the form of the results")
      ->type_name("text|junit|github|gitlab|tap|json")
      ->check([](const std::string& name) {
        return TestFormatFromName(name)
                   ? std::string()
                   : "expected text, junit, github, gitlab, tap or json, got " + Quote(name);
      });
  command->add_flag("--json", test.json, "the same as --format json");
  command->add_flag("--coverage", test.coverage,
                    "list the rules and conditions that no case touches");
  command->add_option("--min-coverage", test.min_coverage, "fail below so many per cent")
      ->type_name("N")
      ->check(CLI::Range(0U, 100U));
}

void AddPolicyExplain(CLI::App& policy, Options& options, std::string& provider) {
  auto& explain = options.policy_explain;
  auto* command = policy.add_subcommand(
      "explain",
      "Say for one job what each rule says of it, and why: each condition, where it is written, "
      "expected and got. Exit 0 whatever the outcome, 2 for a mistake");
  command->callback([&options] { options.command = Command::kPolicyExplain; });
  auto* id = command->add_option("--id", explain.id,
                                 "the job of this decision: its id is in the job's log");
  id->type_name("ID");
  command
      ->add_option("AUDIT", explain.files,
                   "audit files, with their rotated ones; default: audit.file")
      ->needs(id);
  auto* token = command->add_option_group("token", "the job of a token");
  AddTokenSources(*token, explain.token);
  token->require_option(0, 1);
  command->add_flag("--decode", explain.decode, "do not verify the token: no key is needed");
  command->add_option("--now", explain.now, "the time to verify the token at")->type_name("UNIX");
  auto* claims = command->add_option("--claims", explain.claims_file,
                                     "JSON object: the claims of a job that is still to come");
  claims->type_name("FILE");
  auto* facts =
      command->add_option("--facts", explain.facts_file,
                          "JSON object: what the runner knows about the job; without a token or "
                          "claims the job has no id_token");
  facts->type_name("FILE");
  command->add_option("--provider", provider, "of the job: gitlab or github")
      ->type_name("NAME")
      ->check(CLI::IsMember({"gitlab", "github"}));
  command->add_option("--issuer", explain.issuer, "of the token, or of the claims")
      ->type_name("NAME");
  command->add_option("--audience", explain.audiences, "of another id_token that the job has")
      ->type_name("A");
  command->add_option("--variable", explain.variables, "say which exposure rule is for this one")
      ->type_name("NAME");
  command->add_flag("--json", explain.json, "print one line of JSON");
  for (const char* name : {"--token-env", "--token-file", "--token-stdin"}) {
    token->get_option(name)->excludes(id)->excludes(claims);
  }
  id->excludes(claims)->excludes(facts);
}

void AddPolicyDiff(CLI::App& policy, Options& options) {
  auto& diff = options.policy_diff;
  auto* command = policy.add_subcommand(
      "diff",
      "Say which jobs the new configuration allows that the old one does not, and the other way "
      "round, each with an example that is found from the rules. Exit 0; 2 for a mistake in a "
      "configuration");
  command->callback([&options] { options.command = Command::kPolicyDiff; });
  command->add_option("OLD", diff.old_path, "the old configuration; rules.d beside it counts")
      ->required();
  command->add_option("NEW", diff.new_path, "the new one")->required();
  command
      ->add_option("--audit", diff.audit_files,
                   "also decide these recorded decisions by both; rotated files count")
      ->type_name("AUDIT");
  command->add_flag("--fail-on-new-access", diff.fail_on_new_access,
                    "exit 1 if there is new access, 3 if that is not decided");
  command->add_flag("--json", diff.json, "print one line of JSON");
}

void AddPolicyInit(CLI::App& policy, Options& options) {
  auto& init = options.policy_init;
  auto* command = policy.add_subcommand(
      "init",
      "Write a commented configuration, a first rule and its tests into a new folder; what is not "
      "given is asked for on a terminal. Exit 0 written, 2 not");
  command->callback([&options] { options.command = Command::kPolicyInit; });
  command->add_option("PROVIDER", init.provider, "whose jobs these are")
      ->type_name("gitlab|github")
      ->required()
      ->check([](const std::string& name) {
        return ProviderFromName(name) ? std::string()
                                      : "expected gitlab or github, got " + Quote(name);
      });
  command
      ->add_option("--folder", init.folder,
                   "the folder, absent or empty; default: that of --config")
      ->type_name("DIR");
  command->add_option("--url", init.url, "the tokens' issuer")->type_name("URL");
  command->add_option("--audience", init.audience, "a name of your own for these runners")
      ->type_name("A");
  command
      ->add_option("--project", init.project,
                   "the project, or the repository, whose jobs may run: GROUP/NAME")
      ->type_name("PATH");
  command->add_option("--project-id", init.project_id, "its number, which is never used again")
      ->type_name("N");
  command->add_option("--ref", init.ref, "its branch; default: main")->type_name("BRANCH");
  command->add_option("--help-text", init.help, "the last line of each denial")->type_name("TEXT");
}

void AddPolicySign(CLI::App& policy, Options& options) {
  constexpr std::int64_t kMaxDays = 3650;
  auto& sign = options.policy_sign;
  auto* command = policy.add_subcommand(
      "sign",
      "Check and test the rules in FOLDER/rules.d by FOLDER/tests, and make them a signed bundle "
      "for policy pull; the configuration is FOLDER/jobwarden.toml unless --config names one. Exit "
      "0 signed, 1 refused, 2 usage");
  command->callback([&options] { options.command = Command::kPolicySign; });
  command->add_option("FOLDER", sign.folder, "the folder of the policy")->required();
  command
      ->add_option("--key", sign.key_file,
                   "a secret key of minisign; its password is read from standard input")
      ->type_name("FILE")
      ->required();
  command->add_option("--valid-days", sign.valid_days, "runners refuse all jobs after so many days")
      ->type_name("N")
      ->required()
      ->check(CLI::Range(std::int64_t{1}, kMaxDays));
  command->add_option("--out", sign.out, "the bundle; its signature is FILE.minisig")
      ->type_name("FILE")
      ->capture_default_str();
  command
      ->add_option(
          "--serial", sign.serial,
          "a number, higher than that of each earlier policy; default: the time in seconds")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()));
  command
      ->add_option("--policy-version", sign.version, "a name for people, for example a commit's id")
      ->type_name("TEXT");
}

void AddPolicyPull(CLI::App& policy, Options& options) {
  auto* command = policy.add_subcommand(
      "pull",
      "Get the signed policy of [policy.pull], check and test it, and put it in force; nothing "
      "changes if it is refused. Exit 0 in force, 1 refused, 2 usage, 3 cannot be had");
  command->callback([&options] { options.command = Command::kPolicyPull; });
  command->add_option("URL", options.policy_pull.url, "instead of policy.pull.url");
  command->add_flag("--json", options.policy_pull.json, "print one line of JSON");
}

void AddPolicyReplay(CLI::App& policy, Options& options) {
  auto& replay = options.policy_replay;
  auto* command = policy.add_subcommand(
      "replay",
      "Decide recorded decisions again by the configuration of --config: how many would be "
      "different, with an example each, by project and rule. Exit 0; 3 if a file could not be read "
      "to its end");
  command->callback([&options] { options.command = Command::kPolicyReplay; });
  command->add_option("AUDIT", replay.files,
                      "audit files, with their rotated ones; default: audit.file");
  command->add_flag("--json", replay.json, "print one line of JSON");
}

}  // namespace

void AddTokenSources(CLI::App& group, TokenOptions& token) {
  group.add_option("--token-env", token.env, "from the variable NAME")->type_name("NAME");
  group.add_option("--token-file", token.file, "from the file FILE")->type_name("FILE");
  group.add_flag("--token-stdin", token.from_stdin, "from standard input");
}

void AddPolicy(CLI::App& app, Options& options, PolicyWords& words) {
  auto* policy = app.add_subcommand("policy", "Prove the policy before a job meets it");
  policy->require_subcommand(1);
  auto* check = policy->add_subcommand(
      "check",
      "Say each mistake in the configuration's text, and what is legal there and dangerous. Exit 0 "
      "ok, 2 not");
  check->callback([&options] { options.command = Command::kPolicyCheck; });
  check->add_flag("--strict", options.policy_check.strict, "a warning is a mistake");
  check->add_flag("--json", options.policy_check.json, "print one line of JSON");
  AddPolicyTest(*policy, options, words.format);
  AddPolicyDiff(*policy, options);
  AddPolicyReplay(*policy, options);
  AddPolicyExplain(*policy, options, words.provider);
  AddPolicyInit(*policy, options);
  policy->add_subcommand("schema", "Print the configuration's form as a JSON Schema, for editors")
      ->callback([&options] { options.command = Command::kPolicySchema; });
  AddPolicySign(*policy, options);
  AddPolicyPull(*policy, options);
}

}  // namespace jobwarden
