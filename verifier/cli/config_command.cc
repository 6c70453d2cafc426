#include "verifier/cli/config_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/config/places.h"
#include "verifier/config/settings_text.h"
#include "verifier/doctor/config_check.h"
#include "verifier/os/file.h"
#include "verifier/service/serve_check.h"

namespace jobwarden {
namespace {

std::string PolicyText(const PulledPolicy& policy) {
  return fmt::format(
      "jobwarden: the pulled policy has serial {} and is in force until {}; the server was last "
      "asked at {}\n",
      policy.serial, TimeText(policy.expires), TimeText(policy.checked_at));
}

Value PolicyValue(const std::optional<PulledPolicy>& policy) {
  if (!policy) return {};
  return Object{{"serial", policy->serial},
                {"version", policy->version},
                {"expires", TimeText(policy->expires)},
                {"pulled_at", TimeText(policy->pulled_at)},
                {"checked_at", TimeText(policy->checked_at)}};
}

std::string Json(const std::string& path, const ConfigCheckResult& result, bool good) {
  Array all;
  for (const Finding& finding : result.findings) {
    all.emplace_back(Object{{"code", CodeName(finding.code)},
                            {"severity", Forbids(finding) ? "error" : "warning"},
                            {"message", finding.message},
                            {"hint", finding.hint}});
  }
  return WriteJson(Object{{"format", 1},
                          {"config", path},
                          {"ok", good},
                          {"policy", PolicyValue(result.pulled)},
                          {"findings", std::move(all)}});
}

// What `[serve]` names. Of a configuration that cannot be read enough is said already.
Findings CheckServe(const std::string& path) {
  const auto config = LoadConfig(path, JobsRun::kElsewhere);
  auto bytes = ReadFile(path, kMaxConfigBytes, Code::kConfigInvalid, "configuration");
  if (!config || !bytes) return {};
  return CheckServe(*config, SettingPlaces({path, *std::move(bytes)}));
}

}  // namespace

int RunConfigCheck(const std::string& config_path, const ConfigOptions& options) {
  ConfigCheckResult result = CheckConfig(config_path);
  Findings& findings = result.findings;
  Append(findings, CheckServe(config_path));
  const auto problems = std::count_if(findings.begin(), findings.end(), Forbids);
  if (options.json) {
    fmt::print("{}\n", Json(config_path, result, problems == 0));
  } else {
    PrintFindings(findings);
    if (result.pulled) fmt::print("{}", PolicyText(*result.pulled));
    if (problems == 0) {
      fmt::print("jobwarden: {}: ok\n", config_path);
    } else {
      fmt::print(stderr, "jobwarden: {}: {} problem{}\n", config_path, problems,
                 problems == 1 ? "" : "s");
    }
  }
  return ExitCodeOf(problems == 0 ? Outcome::kAllow : Outcome::kUsage);
}

int RunConfigShow(const std::string& config_path, const ConfigOptions& options) {
  const auto files = ReadConfigFiles(config_path);
  if (!files) return Fail(files.findings(), false);
  if (const auto config = ParseConfig(*files); !config) return Fail(config.findings(), false);
  return Answer(SettingsText(*files, options.effective), Outcome::kAllow);
}

}  // namespace jobwarden
