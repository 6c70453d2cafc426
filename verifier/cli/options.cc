#include "verifier/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/base/version.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/config/schema.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

void AddTokenSources(CLI::App& group, TokenOptions& token) {
  group.add_option("--token-env", token.env, "from the variable NAME")->type_name("NAME");
  group.add_option("--token-file", token.file, "from the file FILE")->type_name("FILE");
  group.add_flag("--token-stdin", token.from_stdin, "from standard input");
}

void AddToken(CLI::App& command, TokenOptions& token) {
  auto* group = command.add_option_group("token", "where the token is read from");
  AddTokenSources(*group, token);
  group->require_option(1);
}

void AddVerify(CLI::App& app, Options& options) {
  auto& verify = options.verify;
  auto* command = app.add_subcommand(
      "verify",
      "Verify a job's token and decide by the policy; exit 0 allow, 1 deny, 2 usage, 3 error");
  AddToken(*command, verify.token);
  command
      ->add_option("--facts", verify.facts_file,
                   "JSON object: what the runner knows about the job; without it the token is "
                   "bound to no job")
      ->type_name("FILE");
  command->add_option("--issuer", verify.issuer, "take the token for one of this issuer")
      ->type_name("NAME");
  command->add_option("--now", verify.now, "the time to verify at, instead of the clock's")
      ->type_name("UNIX");
  command->add_flag("--json", verify.json, "print the record as one line of JSON");
}

void AddInspect(CLI::App& app, Options& options) {
  auto& inspect = options.inspect;
  auto* command = app.add_subcommand("inspect", "Show what a token says, without verifying it");
  AddToken(*command, inspect.token);
  command->add_option("--now", inspect.now, "the time that warnings are made for")
      ->type_name("UNIX");
  command->add_flag("--json", inspect.json, "print JSON");
}

void AddJws(CLI::App& app, Options& options, std::vector<std::string>& names) {
  auto* command = app.add_subcommand(
      "jws", "Check the signature of a compact JWS on standard input; exit 0 good, 1 not, 2 usage");
  command->add_option("--keys", options.jws.keys_file, "the JWK Set")
      ->type_name("JWKS")
      ->required();
  command->add_option("--algorithms", names, "the algorithms that count; default: all known")
      ->type_name("A,B")
      ->delimiter(',')
      ->check([](const std::string& name) {
        return AlgorithmFromName(name) ? std::string() : "unknown algorithm " + name;
      });
}

void AddKeys(CLI::App& app, Options& options) {
  auto* keys = app.add_subcommand("keys", "Keep the issuers' key sets");
  keys->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Command command) {
    auto* subcommand = keys->add_subcommand(name, help);
    subcommand->callback([&options, command] { options.command = command; });
    return subcommand;
  };
  constexpr const char* kOne = "only this issuer";

  auto* refresh =
      add("refresh", "Fetch the key sets of all issuers; exit 3 when one could not be fetched",
          Command::kKeysRefresh);
  refresh->add_option("--issuer", options.keys.issuer, kOne)->type_name("NAME");
  refresh->add_flag("--if-needed", options.keys.if_needed, "only those that are not fresh");

  auto* show =
      add("show", "Show the stored keys; exit 3 when an issuer has none that can be used now",
          Command::kKeysShow);
  show->add_option("--issuer", options.keys.issuer, kOne)->type_name("NAME");
  show->add_flag("--json", options.keys.json, "print one line of JSON");

  auto* pin =
      add("pin",
          "Fetch a key set and write it to the file issuer.keys.file; if that is not set, to "
          "keys/NAME.json beside the configuration",
          Command::kKeysPin);
  pin->add_option("--issuer", options.keys.issuer, "the issuer")->type_name("NAME")->required();
}

void AddConfig(CLI::App& app, Options& options) {
  auto* config = app.add_subcommand("config", "Look at the configuration");
  config->require_subcommand(1);
  auto* check = config->add_subcommand(
      "check",
      "Check the configuration, and on this machine the users, programs, folders and keys that it "
      "names; as the user who runs GitLab Runner or GitHub's runner. Exit 0 ok, 2 not");
  check->callback([&options] { options.command = Command::kConfigCheck; });
  check->add_flag("--json", options.config.json, "print one line of JSON");
}

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

void AddPolicy(CLI::App& app, Options& options, std::string& format, std::string& provider) {
  auto* policy = app.add_subcommand("policy", "Prove the policy before a job meets it");
  policy->require_subcommand(1);
  auto* check = policy->add_subcommand(
      "check",
      "Say each mistake in the configuration's text, and what is legal there and dangerous. Exit 0 "
      "ok, 2 not");
  check->callback([&options] { options.command = Command::kPolicyCheck; });
  check->add_flag("--strict", options.policy_check.strict, "a warning is a mistake");
  check->add_flag("--json", options.policy_check.json, "print one line of JSON");
  AddPolicyTest(*policy, options, format);
  AddPolicyDiff(*policy, options);
  AddPolicyReplay(*policy, options);
  AddPolicyExplain(*policy, options, provider);
  AddPolicyInit(*policy, options);
  policy->add_subcommand("schema", "Print the configuration's form as a JSON Schema, for editors")
      ->callback([&options] { options.command = Command::kPolicySchema; });
  AddPolicySign(*policy, options);
  AddPolicyPull(*policy, options);
}

void AddInstall(CLI::App& app, Options& options) {
  auto* install = app.add_subcommand("install", "Make a runner on this machine call jobwarden");
  install->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Command command) {
    auto* subcommand = install->add_subcommand(name, help);
    subcommand->callback([&options, command] { options.command = command; });
    subcommand->add_flag("--replace", options.install.replace,
                         "also where that takes the place of another executor, driver or hook");
    auto* dry_run = subcommand->add_flag("--dry-run", options.install.dry_run,
                                         "show the change, and change nothing");
    subcommand
        ->add_flag("--undo", options.install.undo,
                   "give the file back the bytes that it had before")
        ->excludes(dry_run);
    return subcommand;
  };

  auto* gitlab = add("gitlab",
                     "Make jobwarden-executor the driver of a runner in GitLab Runner's "
                     "config.toml; keeps a backup, and each line that is not about that",
                     Command::kInstallGitLab);
  gitlab->add_option("--file", options.install.file, "GitLab Runner's configuration")
      ->type_name("FILE")
      ->capture_default_str();
  gitlab->add_option("--runner", options.install.runner, "the runner's name, or its number")
      ->type_name("NAME");

  auto* github = add("github",
                     "Make a GitHub runner start jobwarden's hooks, by its .env; keeps a backup, "
                     "and each line that is not about that",
                     Command::kInstallGitHub);
  github
      ->add_option("--runner", options.install.runner,
                   "the runner's folder, or its number among this machine's services")
      ->type_name("FOLDER");
}

void AddDoctor(CLI::App& app, Options& options) {
  auto& doctor = options.doctor;
  auto* command = app.add_subcommand(
      "doctor",
      "Look at the machine: configuration, keys, clock, wiring of the runner, what jobs can reach. "
      "As root. Exit 0 if no check fails, 1 if one does");
  command->callback([&options] { options.command = Command::kDoctor; });
  command
      ->add_option("--gitlab", doctor.gitlab_config,
                   "GitLab Runner's configuration; default: /etc/gitlab-runner/config.toml")
      ->type_name("CONFIG.toml");
  command->add_option("--github", doctor.github_folder, "the folder of GitHub's runner")
      ->type_name("RUNNER_DIR");
  command->add_flag("--probe", doctor.probe,
                    "send bad tokens through the installed driver and hook, and demand that they "
                    "are refused");
  command->add_flag("--json", doctor.json, "print one line of JSON");
}

constexpr const char* kGitLabConfigPath = "/etc/gitlab-runner/config.toml";

void AddTokenRequest(CLI::App& app, Options& options) {
  auto* token = app.add_subcommand("token", "Get id_tokens");
  token->require_subcommand(1);
  auto* broker = token->add_subcommand(
      "broker",
      "Serve the run: steps of one GitHub job with id_tokens; started by jobwarden-hook github "
      "job-started, which gives it the job and the right to request tokens on standard input");
  broker->callback([&options] { options.command = Command::kTokenBroker; });
  auto* request = token->add_subcommand(
      "request",
      "Request an id_token for a GitHub job, and print it. Standard input: one line with the value "
      "of ACTIONS_ID_TOKEN_REQUEST_URL, one with that of ACTIONS_ID_TOKEN_REQUEST_TOKEN. Tries for "
      "20 seconds at most; exit 3 when no token comes");
  request->callback([&options] { options.command = Command::kTokenRequest; });
  request
      ->add_option("--audience", options.token_request.audience,
                   "the service that the token is for; up to 1024 bytes")
      ->type_name("A")
      ->required()
      ->check([](const std::string& audience) {
        return audience.empty() || audience.size() > kMaxAudienceBytes
                   ? fmt::format("expected 1 to {} bytes", kMaxAudienceBytes)
                   : std::string();
      });
  request
      ->add_option("--issuer", options.token_request.issuer,
                   "the configured issuer; ca_file, proxy and timeout of its keys apply")
      ->type_name("NAME")
      ->required();
  request->add_flag("--job-begins", options.token_request.job_begins,
                    "this is the job's first step: ask again for 10 seconds also after a refusal");
}

void AddServe(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand(
      "serve",
      "Answer questions about tokens over HTTP, until SIGTERM; SIGHUP reloads. GET /openapi.json "
      "lists the requests. Exit 0 after SIGTERM, 2 configuration, 3 when it cannot listen");
  command->callback([&options] { options.command = Command::kServe; });
  command
      ->add_option("--listen", options.serve.listen,
                   "where to listen, instead of serve.listen: 127.0.0.1:8080, [::1]:8080, or "
                   "unix:/run/jobwarden/api.sock; more than once for several")
      ->type_name("ADDRESS");
  command->add_flag("--insecure-listen", options.serve.insecure_listen,
                    "let other machines send tokens without TLS");
}

void AddReport(CLI::App& app, Options& options) {
  auto& report = options.report;
  auto* command = app.add_subcommand(
      "report",
      "Show what audit files hold: decisions over time, refused jobs and why, what enforce mode "
      "would stop, rules that are never used, tokens that were stripped. Exit 0, or 3 if a file "
      "could not be read to its end");
  command->add_option("AUDIT", report.files,
                      "audit files; rotated and gzipped ones beside them are read too. Default: "
                      "audit.file of the configuration");
  command->add_option("--since", report.since, "only decisions that are not older, for example 7d")
      ->type_name("DURATION")
      ->check([](const std::string& text) {
        return ParseDuration(text) ? std::string()
                                   : "expected a duration like 12h or 7d, got " + Quote(text);
      });
  command
      ->add_option("--html", report.html,
                   "write one self-contained page instead of text; - for standard output")
      ->type_name("FILE");
}

// What the command line is read into, besides the options.
struct Words {
  std::vector<std::string> algorithms;
  std::string format = "text";
  std::string provider;
};

// Returns the option --config.
CLI::Option* AddAll(CLI::App& app, Options& options, Words& words) {
  app.set_version_flag("--version", std::string(Version()), "print the version");
  auto* config = app.add_option("--config", options.config_path, "the configuration");
  config->type_name("FILE")->capture_default_str();
  app.require_subcommand(1);
  app.fallthrough();
  AddVerify(app, options);
  AddInspect(app, options);
  AddJws(app, options, words.algorithms);
  AddKeys(app, options);
  AddConfig(app, options);
  AddPolicy(app, options, words.format, words.provider);
  AddInstall(app, options);
  AddDoctor(app, options);
  AddReport(app, options);
  AddTokenRequest(app, options);
  AddServe(app, options);
  return config;
}

OptionReference Described(const CLI::Option& option) {
  OptionReference described;
  for (const std::string& each : option.get_snames()) described.names.push_back("-" + each);
  for (const std::string& each : option.get_lnames()) described.names.push_back("--" + each);
  if (option.get_items_expected_max() > 0) described.value = option.get_type_name();
  described.value.resize(std::min(described.value.find(':'), described.value.size()));
  const bool has_words = described.value.find('|') != std::string::npos;
  if (described.names.empty() && !has_words) described.value = option.get_name(true);
  described.text = option.get_description();
  if (const std::string preset = option.get_default_str(); !preset.empty()) {
    described.text += "; default: " + preset;
  }
  described.required = option.get_required();
  return described;
}

CommandReference Described(const CLI::App& app) {
  CommandReference described{app.get_name(), app.get_description(), {}, {}};
  // Each command has the help flag, which is described once. Options of a group are the command's.
  for (const CLI::Option* each : app.get_options()) {
    const bool is_help = each == app.get_help_ptr() && app.get_parent() != nullptr;
    if (!is_help) described.options.push_back(Described(*each));
  }
  for (const CLI::App* each : app.get_subcommands(std::function<bool(const CLI::App*)>())) {
    CommandReference below = Described(*each);
    if (!below.name.empty()) {
      described.commands.push_back(std::move(below));
      continue;
    }
    for (OptionReference& option : below.options) described.options.push_back(std::move(option));
  }
  return described;
}

constexpr const char* kAbout =
    "Verifies CI jobs' OIDC tokens, and decides by local policy which jobs may run.";

}  // namespace

CommandReference DescribeCommands() {
  Options options;
  options.config_path = kDefaultConfigPath;
  options.install.file = kGitLabConfigPath;
  Words words;
  CLI::App app(kAbout, "jobwarden");
  AddAll(app, options, words);
  return Described(app);
}

bool AsksForJson(int argc, const char* const* argv) {
  return std::any_of(argv + std::min(argc, 1), argv + argc,
                     [](std::string_view argument) { return argument == "--json"; });
}

std::optional<Options> ParseOptions(int argc, const char* const* argv, int& exit_code) {
  Options options;
  options.config_path = kDefaultConfigPath;
  options.install.file = kGitLabConfigPath;
  Words words;
  CLI::App app(kAbout, "jobwarden");
  const auto* config = AddAll(app, options, words);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    exit_code = app.exit(asked);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    // The error's words may repeat an argument, which may be a token in the wrong place.
    exit_code = Fail({{Code::kConfigInvalid, LibraryWords(error.what()), "see jobwarden --help"}},
                     AsksForJson(argc, argv));
    return std::nullopt;
  }
  options.config_given = config->count() > 0;
  options.policy_test.format = *TestFormatFromName(words.format);
  if (!words.provider.empty()) {
    options.policy_explain.provider = ProviderFromName(words.provider);
  }
  if (app.got_subcommand("verify")) options.command = Command::kVerify;
  if (app.got_subcommand("inspect")) options.command = Command::kInspect;
  if (app.got_subcommand("report")) options.command = Command::kReport;
  if (app.got_subcommand("jws")) options.command = Command::kJws;
  for (const auto& name : words.algorithms)
    options.jws.algorithms.push_back(*AlgorithmFromName(name));
  if (words.algorithms.empty()) options.jws.algorithms = AllAlgorithms();
  return options;
}

}  // namespace jobwarden
