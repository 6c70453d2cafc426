#include "verifier/cli/policy_replay_command.h"

#include <cstdint>

#include "verifier/base/json.h"
#include "verifier/cli/print.h"
#include "verifier/cli/replay.h"
#include "verifier/config/config.h"

namespace jobwarden {

int RunPolicyReplay(const std::string& config_path, const PolicyReplayOptions& options) {
  const auto files = ReadConfigFiles(config_path);
  const auto config = files ? ParseConfig(*files) : Result<Config>(files.findings());
  if (!config) return Fail(config.findings(), options.json);
  std::vector<std::string> audit = options.files;
  if (audit.empty() && !config->audit.file.empty()) audit.push_back(config->audit.file);
  if (audit.empty()) {
    return Fail({{Code::kConfigInvalid, "no audit file: none is named, and audit.file is not set"}},
                options.json);
  }
  const auto result = ReplayFiles(audit, nullptr, *config);
  if (!result) return Fail(result.findings(), options.json);
  const Outcome outcome = result->read.findings.empty() ? Outcome::kAllow : Outcome::kError;
  PrintFindings(result->read.findings);
  if (!options.json) return Answer(result->matrix.Text() + PassedOverText(*result), outcome);
  Value json = result->matrix.Json();
  Object& object = *json.AsObject();
  object.Set("format", 1);
  object.Set("config", config_path);
  object.Set("passed_over", PassedOverText(*result));
  return Answer(WriteJson(json) + "\n", outcome);
}

}  // namespace jobwarden
