#include "verifier/cli/keys_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/fetch/refresh.h"
#include "verifier/keys/stored_keys.h"

namespace jobwarden {
namespace {

// Refreshes one, and tells what is stored then.
Findings RefreshOne(const Issuer& issuer, const std::string& state_dir, RefreshWhen when) {
  if (!issuer.keys.file.empty()) {
    fmt::print(stderr, "jobwarden: issuer {}: keys are pinned in {}\n", Quote(issuer.name),
               Quote(issuer.keys.file));
    return {};
  }
  if (auto status = RefreshKeys(issuer, state_dir, when); !status) {
    return std::move(status).findings();
  }
  const auto keys = ReadStoredKeys(state_dir, issuer, {});
  if (!keys) return keys.findings();
  for (const SkippedKey& key : keys->set.skipped()) {
    fmt::print(stderr, "jobwarden: issuer {}: key {} cannot be used: {}\n", Quote(issuer.name),
               Quote(key.kid), key.reason);
  }
  fmt::print(stderr, "jobwarden: issuer {}: {} usable from {}, fresh until {:%Y-%m-%dT%H:%M:%SZ}\n",
             Quote(issuer.name), keys->set.kids().size(), Quote(keys->source),
             fmt::gmtime(std::chrono::system_clock::to_time_t(keys->fresh_until)));
  return {};
}

}  // namespace

int RunKeysRefresh(const std::string& config_path, const RefreshOptions& options) {
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere);
  if (!config) return Fail(config.findings());
  const auto named = [&](const Issuer& issuer) { return issuer.name == options.issuer; };
  if (!options.issuer.empty() &&
      std::none_of(config->issuers.begin(), config->issuers.end(), named)) {
    return Fail({Finding{Code::kConfigInvalid,
                         "no issuer has the name " + Quote(options.issuer),
                         "configured in " + config->path,
                         {},
                         false}});
  }
  Findings all;
  for (const Issuer& issuer : config->issuers) {
    if (!options.issuer.empty() && !named(issuer)) continue;
    auto findings = RefreshOne(issuer, config->state_dir,
                               options.if_needed ? RefreshWhen::kNotFresh : RefreshWhen::kAlways);
    PrintFindings(findings);
    Append(all, std::move(findings));
  }
  return ExitCodeOf(OutcomeOf(all));
}

}  // namespace jobwarden
