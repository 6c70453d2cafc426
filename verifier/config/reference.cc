#include "verifier/config/reference.h"

#include <fmt/format.h>

#include "verifier/policy/lint_code.h"
#include "verifier/provider/github_events.h"
#include "verifier/provider/provider.h"
#include "verifier/token/algorithm.h"

namespace jobwarden {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kRequired = "required";

Words Providers() {
  Words words;
  for (const Provider each : AllProviders()) words.emplace_back(ProviderName(each));
  return words;
}

Words Algorithms() {
  Words words;
  for (const Algorithm each : AllAlgorithms()) words.emplace_back(AlgorithmName(each));
  return words;
}

const Words& Modes() {
  static const Words kModes{"enforce", "report"};
  return kModes;
}

const Words& Actions() {
  static const Words kActions{"strip", "mask", "keep"};
  return kActions;
}

std::vector<KeyReference> Top() {
  using enum KeyForm;
  return {
      {"version", kOne, kRequired, "the version of this format"},
      {"mode", kWord, "\"enforce\"",
       "\"report\": check and record every job, refuse none, take out no token; output is still "
       "masked",
       Modes()},
      {"help", kText, "", "the last line of each denial: whom the job's author may ask"},
      {"state_dir", kText, "\"/var/lib/jobwarden\"",
       "fetched keys, which job has which user, and GitHub's runners; it belongs to one machine "
       "alone"},
  };
}

std::vector<KeyReference> Issuers() {
  using enum KeyForm;
  return {
      {"issuer", kTables, kRequired,
       "whose id_tokens count; two issuers with the same url need different audiences"},
      {"issuer.name", kText, kRequired,
       "1 to 64 of A-Z a-z 0-9 _ -; the key set is kept in a file of this name"},
      {"issuer.provider", kWord, kRequired, "whose tokens these are", Providers()},
      {"issuer.url", kText, kRequired,
       "equals the token's iss, byte for byte; https, or http for loopback and pinned keys"},
      {"issuer.audience", kTextOrTexts, kRequired,
       "the token's aud, a name of your own for these runners; or a list, any of which counts"},
      {"issuer.algorithms", kWords, "[\"RS256\"]", "the signature algorithms that count",
       Algorithms()},
      {"issuer.leeway", kDuration, "\"30s\"", "between two machines' clocks; 0s to 10m"},
      {"issuer.max_lifetime", kDuration, "\"24h\"",
       "between a token's iat and exp; 1m to 31d; at least the longest timeout that jobs may have"},
      {"issuer.server_url", kText, "",
       "the CI server of these tokens, by which an issuer is chosen where several are "
       "configured; else made from url"},
      {"issuer.keys", kTable, "", "where the key set comes from; discovered at url by default"},
      {"issuer.keys.url", kText, "", "where the key set is, instead of discovery"},
      {"issuer.keys.file", kText, "", "a pinned key set: it is never fetched; an absolute path"},
      {"issuer.keys.ca_file", kText, "",
       "trusted certificates in PEM form, which alone count; else the system's"},
      {"issuer.keys.proxy", kText, "",
       "http://USER:PASSWORD@HOST:PORT; else https_proxy and no_proxy"},
      {"issuer.keys.timeout", kDuration, "\"5s\"", "of a fetch, in all; 1s to 1m"},
      {"issuer.keys.max_age", kDuration, "\"24h\"",
       "fresh at most this long, whatever the issuer says; 1s to 30d"},
      {"issuer.keys.stale_for", kDuration, "\"24h\"",
       "used this much longer while the issuer is away; 0s to 30d"},
      {"issuer.keys.cooldown", kDuration, "\"10s\"",
       "between two refreshes for keys that nobody knows; 1s to 1h"},
  };
}

std::vector<KeyReference> Rules() {
  using enum KeyForm;
  return {
      {"allow", kTables, "", "a job runs when an allow rule matches and no deny rule does"},
      {"allow.name", kText, kRequired, "the rule's name in logs and records; no other rule has it"},
      {"allow.issuer", kText, "",
       "the issuer whose tokens the rule is about; required where several are configured"},
      {"allow.claims", kClaims, "", "conditions on what the token says"},
      {"allow.facts", kFacts, "", "conditions on what the runner knows, which nobody signed",
       FactNames()},
      {"allow.audiences", kCondition, "",
       "what the job's other id_tokens may be for; absent: anything; []: there may be none"},
      {"allow.tokenless", kBool, "false",
       "the rule is for jobs without a token of a configured issuer, and matches on facts alone"},
      {"allow.mode", kWord, "\"enforce\"", "\"report\": the rule is tried, and decides nothing",
       Modes()},
      {"deny", kTables, "", "a job that a deny rule matches does not run"},
      {"deny.name", kText, kRequired, "the rule's name in logs and records; no other rule has it"},
      {"deny.issuer", kText, "", "the issuer whose tokens the rule is about; absent: all"},
      {"deny.claims", kClaims, "",
       "conditions on what the token says; a job without a token meets them"},
      {"deny.facts", kFacts, "", "conditions on what the runner knows, which nobody signed",
       FactNames()},
      {"deny.mode", kWord, "\"enforce\"", "\"report\": the rule is tried, and denies nothing",
       Modes()},
      {"policy", kTable, "", "about the rules"},
      {"policy.ignore", kWords, "[]", "warnings that `jobwarden policy check` does not give",
       Words(kLintCodes.begin(), kLintCodes.end())},
      {"policy.pull", kTable, "",
       "the signed policy of a fleet, which `jobwarden policy pull` gets"},
      {"policy.pull.url", kText, "", "of the bundle: https, or http on loopback"},
      {"policy.pull.keys", kTextOrTexts, "required", "public keys of minisign, which may sign it"},
      {"policy.pull.ca_file", kText, "", "PEM; instead of the system's certificates"},
      {"policy.pull.proxy", kText, "", "an http proxy; default: that of the environment"},
      {"policy.pull.timeout", kDuration, "\"30s\"", "for bundle and signature together; 1s to 10m"},
      {"fork", kTable, "", "jobs that run what a fork wrote"},
      {"fork.action",
       kWord,
       "\"deny\"",
       "\"allow\" leaves forks to the rules (facts.fork)",
       {"deny", "allow"}},
      {"fork.events",
       kWordByName,
       "",
       "GitHub: an event whose jobs count as the repository's own (\"own\") or as a fork's",
       {"own", "fork"}},
  };
}

std::vector<KeyReference> Exposure() {
  using enum KeyForm;
  return {
      {"exposure", kTable, "", "which tokens are taken out of a job, and which are masked"},
      {"exposure.unused", kWord, "\"strip\"",
       "id_tokens and the job token where nothing uses them: \"strip\" takes them out, \"mask\" "
       "leaves them and hides them in the log",
       Actions()},
      {"exposure.usage",
       kWord,
       "\"checkout\"",
       "where uses are looked for: \"script\" is the job's own lines alone, \"checkout\" also the "
       "files of the checkout",
       {"script", "checkout"}},
      {"exposure.aliases",
       kWord,
       "",
       "variables that a person made from a token: \"keep\" counts them as used; with usage = "
       "\"script\" the default is \"strip\"",
       {"keep", "strip"}},
      {"exposure.secrets", kWord, "\"mask\"",
       "values of the job's `secrets:` where nothing uses them", Actions()},
      {"exposure.legacy",
       kWord,
       "\"strip\"",
       "CI_JOB_JWT, CI_JOB_JWT_V1, CI_JOB_JWT_V2",
       {"strip", "keep"}},
      {"exposure.job_may_keep", kBool, "true", "JOBWARDEN_KEEP in a job's variables counts"},
      {"exposure.git_credentials",
       kWord,
       "\"keep\"",
       "\"strip\": the job token leaves git's configuration before the job's own stages",
       {"keep", "strip"}},
      {"exposure.mask_output", kBool, "true", "what scripts print is masked"},
      {"exposure.mode", kWord, "\"enforce\"",
       "\"report\": say what would be taken out, and leave it", Modes()},
      {"exposure.consumers", kTextsByName, "",
       "commands that read a variable by a fixed name, besides those that are built in"},
      {"exposure.rule", kTables, "",
       "the first that fits a variable's name decides about the variable"},
      {"exposure.rule.variable", kText, kRequired, "a name, or a pattern with * and ?"},
      {"exposure.rule.action", kWord, kRequired, "what happens to it where nothing uses it",
       Actions()},
  };
}

std::vector<KeyReference> Executor() {
  using enum KeyForm;
  return {
      {"executor", kTable, "", "GitLab's custom executor driver"},
      {"executor.driver",
       kWord,
       "\"local\"",
       "\"local\" runs scripts on this machine, \"wrap\" hands them to another driver",
       {"local", "wrap"}},
      {"executor.shell",
       kWord,
       "\"bash\"",
       "for which GitLab Runner writes its scripts",
       {"bash", "sh", "pwsh"}},
      {"executor.builds_dir", kText, "\"/var/lib/jobwarden/builds\"", "where checkouts are"},
      {"executor.cache_dir", kText, "\"/var/lib/jobwarden/cache\"", "where caches are"},
      {"executor.run_as", kTextOrTexts, "",
       "a user, or a list of users, one for each job at a time; needs root"},
      {"executor.sandbox",
       kWord,
       "\"none\"",
       "\"bwrap\": each job in bubblewrap",
       {"none", "bwrap"}},
      {"executor.shared_user", kBool, "false",
       "true accepts that a job's script can write what decides about jobs"},
      {"executor.wrap", kTable, "",
       "the commands of the driver that is wrapped: a program's absolute path and its arguments"},
      {"executor.wrap.config", kTexts, "", "its command for the stage config"},
      {"executor.wrap.prepare", kTexts, "", "its command for the stage prepare"},
      {"executor.wrap.run", kTexts, kRequired, "its command for each script"},
      {"executor.wrap.cleanup", kTexts, "", "its command for the stage cleanup"},
  };
}

std::vector<KeyReference> GitHub() {
  using enum KeyForm;
  return {
      {"github", kTable, "", "GitHub's self-hosted runner"},
      {"github.on_deny",
       kWord,
       "\"stop-job\"",
       "what ends a denied job: \"stop-job\" ends the runner's worker, \"stop-runner\" the runner "
       "too, with \"fail-step\" the step guard alone refuses",
       {"stop-job", "fail-step", "stop-runner"}},
      {"github.step_tokens",
       kWord,
       "\"any\"",
       "which run: steps may request id_tokens: \"any\", those that are \"named\" in a script, "
       "those that are \"listed\" in keep_steps; \"all\": no step guard and no broker",
       {"any", "named", "listed", "all"}},
      {"github.keep_steps", kTexts, "", "ids of steps that may in any case"},
      {"github.container_hooks", kTexts, "",
       "the container hook that container.js calls: its absolute path and arguments"},
      {"github.git_credentials",
       kWord,
       "\"keep\"",
       "\"strip\": run: steps that call no git do not see what actions/checkout left",
       {"keep", "strip"}},
      {"github.sweep",
       kBoolOrWord,
       "true",
       "say what a job left behind; \"remove\": and remove it",
       {"remove"}},
      {"github.shared_user", kBool, "false",
       "true accepts files that the runner's user can write, as whom the steps run"},
  };
}

std::vector<KeyReference> Serve() {
  using enum KeyForm;
  return {
      {"serve", kTable, "", "how jobwarden serve is reached, and by whom"},
      {"serve.listen", kTextOrTexts, "\"127.0.0.1:8080\"",
       "ADDRESS:PORT, an IPv6 address in brackets, or unix:/PATH"},
      {"serve.socket_mode", kText, "\"0660\"", "the mode of Unix sockets"},
      {"serve.users", kTextOrTexts, "", "who may ask over a Unix socket; all, if it is absent"},
      {"serve.tls_certificate", kText, "", "PEM; read again when it changes"},
      {"serve.tls_key", kText, "", "PEM; the certificate's key"},
      {"serve.client_ca", kText, "", "PEM; clients must have a certificate of these authorities"},
      {"serve.insecure_listen", kBool, "false", "true: other machines may send tokens without TLS"},
      {"serve.api_keys_file", kText, "",
       "one key a line, of 16 bytes or more; without it Authorization means nothing"},
      {"serve.access_log",
       kWord,
       "\"logfmt\"",
       "the form of the lines on standard error; \"off\": none",
       {"logfmt", "json", "off"}},
      {"serve.workers", kNumber, "0", "threads; 0: one a processor"},
      {"serve.max_connections", kNumber, "12000",
       "above, the connection that has been idle longest is closed"},
      {"serve.rate", kNumber, "0", "requests a second of one client; 0: no limit"},
  };
}

std::vector<KeyReference> Audit() {
  using enum KeyForm;
  return {
      {"audit", kTable, "", "the record of decisions"},
      {"audit.file", kText, "",
       "one line of JSON for each decision; an absolute path in a folder that is there"},
      {"audit.required", kBool, "true",
       "a decision that cannot be recorded is an error, and the job does not run"},
      {"audit.claims", kTextsOrNone, "",
       "the claims that are recorded; by default all but those that name a person; []: none"},
      {"audit.metrics_file", kText, "",
       "counters for node exporter: an absolute path that ends with .prom"},
      {"audit.syslog", kBool, "false", "each decision is an entry of systemd's journal, too"},
  };
}

}  // namespace

const std::vector<KeyReference>& ConfigReference() {
  static const std::vector<KeyReference> kAll = [] {
    std::vector<KeyReference> all;
    for (auto part : {Top, Issuers, Rules, Exposure, Executor, GitHub, Audit, Serve}) {
      for (KeyReference& each : part()) all.push_back(std::move(each));
    }
    return all;
  }();
  return kAll;
}

std::string HeadingOf(const KeyReference& table) {
  return table.form == KeyForm::kTables ? fmt::format("[[{}]]", table.path)
                                        : fmt::format("[{}]", table.path);
}

}  // namespace jobwarden
