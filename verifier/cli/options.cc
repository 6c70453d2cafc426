#include "verifier/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/base/version.h"
#include "verifier/cli/policy_options.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/config/schema.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

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
  auto* show = config->add_subcommand(
      "show",
      "Print each setting of the configuration, rules.d and the pulled policy as TOML, with the "
      "place where it is written. Exit 0, or 2 if the configuration cannot be read");
  show->callback([&options] { options.command = Command::kConfigShow; });
  show->add_flag("--effective", options.config.effective,
                 "also the settings that nobody wrote, with their defaults");
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
                   "give the file back the bytes that it had before the last change")
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
  // One file has all runners, and its last change may be another runner's.
  gitlab->add_option("--runner", options.install.runner, "the runner's name, or its number")
      ->type_name("NAME")
      ->excludes("--undo");

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
      "Serve the steps of one GitHub job with id_tokens; started by jobwarden-hook github "
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
  PolicyWords policy;
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
  AddPolicy(app, options, words.policy);
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
  described.repeats = option.get_items_expected_max() > 1;
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

// What is wrong if the command line names no command where it must, or one that there is not; else
// nothing. The wrong word itself is not shown, because it may be a token.
std::optional<Finding> NoCommand(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* at = &app;
  std::string path = "jobwarden";
  std::string wrong;
  const auto commands = [&at](const std::function<bool(const std::string&)>& has_name) {
    return at->get_subcommands([&](const CLI::App* each) { return has_name(each->get_name()); });
  };
  for (int i = 1; i < argc && wrong.empty(); ++i) {
    const std::string word = argv[i];
    if (word == "--config") ++i;
    if (word.starts_with("-")) continue;
    const auto below = commands([&word](const std::string& name) { return name == word; });
    if (below.empty()) {
      wrong = word;
    } else {
      at = below.front();
      path += " " + word;
    }
  }
  std::vector<std::string> names;
  for (const CLI::App* each : commands([](const std::string& name) { return !name.empty(); })) {
    names.push_back(each->get_name());
  }
  if (names.empty()) return std::nullopt;
  const std::string meant = NearestWord(wrong, names);
  return Finding{Code::kConfigInvalid,
                 fmt::format("expected a command after {}: {}", path, Join(names, ", ")),
                 meant.empty() ? fmt::format("see {} --help", path)
                               : fmt::format("did you mean {} {}?", path, meant)};
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
    const auto no_command = NoCommand(app, argc, argv);
    exit_code = Fail({no_command ? *no_command
                                 : Finding{Code::kConfigInvalid, LibraryWords(error.what()),
                                           "see jobwarden --help"}},
                     AsksForJson(argc, argv));
    return std::nullopt;
  }
  options.config_given = config->count() > 0;
  options.policy_test.format = *TestFormatFromName(words.policy.format);
  if (!words.policy.provider.empty()) {
    options.policy_explain.provider = ProviderFromName(words.policy.provider);
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
