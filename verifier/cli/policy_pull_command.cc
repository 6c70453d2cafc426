#include "verifier/cli/policy_pull_command.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/bundle/pull.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/metrics/counting.h"
#include "verifier/metrics/metrics_file.h"
#include "verifier/os/clock.h"

namespace jobwarden {
namespace {

std::string Text(const Pull& pull) {
  const PulledPolicy& policy = pull.policy;
  const std::string name = fmt::format("the policy with serial {}{}", policy.serial,
                                       policy.version.empty() ? "" : " " + Quote(policy.version));
  const std::string until = "valid until " + TimeText(policy.expires);
  if (!pull.is_new) return fmt::format("jobwarden: {} is still in force, {}\n", name, until);
  return fmt::format(
      "jobwarden: {} is in force now, {}: rules: {}, tests passed: {}, warnings: {}\n", name, until,
      pull.trial.rules, pull.trial.cases, pull.trial.warnings);
}

std::string Json(const Pull& pull) {
  const PulledPolicy& policy = pull.policy;
  return WriteJson(Object{{"format", 1},
                          {"outcome", "allow"},
                          {"new", pull.is_new},
                          {"serial", policy.serial},
                          {"version", policy.version},
                          {"expires", TimeText(policy.expires)},
                          {"pulled_at", TimeText(policy.pulled_at)},
                          {"url", policy.url},
                          {"sha256", policy.sha256}}) +
         "\n";
}

}  // namespace

int RunPolicyPull(const std::string& config_path, const PolicyPullOptions& options) {
  // Drivers of other users read the policy, and root's umask is 077 on many machines.
  umask(022);
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere, PulledRules::kLeaveOut);
  if (!config) return Fail(config.findings(), options.json);
  const PullSettings& settings = config->policy_settings.pull;
  const std::string& url = options.url.empty() ? settings.url : options.url;
  if (settings.keys.empty() || url.empty()) {
    return Fail({{Code::kConfigInvalid,
                  settings.keys.empty()
                      ? "no key is configured that a policy may be signed by"
                      : "no URL of a policy: neither policy.pull.url nor one in the command",
                  "add [policy.pull] with url and keys to the configuration"}},
                options.json);
  }
  const auto own = ReadConfigFiles(config_path, PulledRules::kLeaveOut);
  if (!own) return Fail(own.findings(), options.json);
  const auto pull = PullPolicy(*config, *own, url, SystemNow());
  PrintFindings(UpdateMetrics(config->audit.metrics_file, [&](MetricSet& metrics) {
    metrics.Add(Metric::kPolicyPulls, {!pull ? "failure" : pull->is_new ? "new" : "unchanged"});
    if (!pull) return;
    const PulledPolicy& policy = pull->policy;
    NotePolicy(metrics, policy.serial, policy.expires, policy.checked_at);
  }));
  if (!pull) return Fail(pull.findings(), options.json);
  return Answer(options.json ? Json(*pull) : Text(*pull), Outcome::kAllow);
}

}  // namespace jobwarden
