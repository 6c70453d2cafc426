#include "verifier/cli/config_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/cli/print.h"
#include "verifier/doctor/config_check.h"

namespace jobwarden {
namespace {

std::string Json(const std::string& path, const Findings& findings, bool good) {
  Array all;
  for (const Finding& finding : findings) {
    all.emplace_back(Object{{"code", CodeName(finding.code)},
                            {"severity", Forbids(finding) ? "error" : "warning"},
                            {"message", finding.message},
                            {"hint", finding.hint}});
  }
  return WriteJson(
      Object{{"format", 1}, {"config", path}, {"ok", good}, {"findings", std::move(all)}});
}

}  // namespace

int RunConfigCheck(const std::string& config_path, const ConfigOptions& options) {
  const Findings findings = CheckConfig(config_path);
  const auto problems = std::count_if(findings.begin(), findings.end(), Forbids);
  if (options.json) {
    fmt::print("{}\n", Json(config_path, findings, problems == 0));
  } else {
    PrintFindings(findings);
    if (problems == 0) {
      fmt::print("jobwarden: {}: ok\n", config_path);
    } else {
      fmt::print(stderr, "jobwarden: {}: {} problem{}\n", config_path, problems,
                 problems == 1 ? "" : "s");
    }
  }
  return ExitCodeOf(problems == 0 ? Outcome::kAllow : Outcome::kUsage);
}

}  // namespace jobwarden
