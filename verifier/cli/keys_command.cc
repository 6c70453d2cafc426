#include "verifier/cli/keys_command.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/admission/choose_issuer.h"
#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/cli/keys_table.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/fetch/refresh.h"
#include "verifier/fetch/url.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/metrics/counting.h"
#include "verifier/metrics/metrics_file.h"
#include "verifier/os/clock.h"
#include "verifier/provider/issuer.h"
#include "verifier/token/key_set.h"

namespace jobwarden {
namespace {

// All issuers of the configuration, or the issuer of this name.
Result<std::vector<Issuer>> ChooseIssuers(const Config& config, const std::string& name) {
  if (name.empty()) return config.issuers;
  const auto named = IssuerNamed(config, name);
  if (!named) return named.findings();
  return std::vector<Issuer>{**named};
}

void Say(const Issuer& issuer, std::string_view what) {
  fmt::print(stderr, "jobwarden: issuer {}: {}\n", Quote(issuer.name), what);
}

void SayAsking(const Issuer& issuer) {
  Say(issuer,
      fmt::format("fetching keys from {}, {} s at most",
                  Quote(WithoutQuery(issuer.keys.url.empty() ? issuer.url : issuer.keys.url)),
                  issuer.keys.timeout.count()));
}

void SaySkipped(const Issuer& issuer, const KeySet& set) {
  for (const SkippedKey& key : set.skipped()) {
    Say(issuer, fmt::format("key {} cannot be used: {}", Quote(key.kid), key.reason));
  }
}

// Counts a look at an issuer's keys. A look that found them fresh fetched nothing.
Findings CountFetch(const Config& config, const Issuer& issuer, const StoredKeys* keys,
                    bool fetched) {
  return UpdateMetrics(config.audit.metrics_file, [&](MetricSet& metrics) {
    if (keys == nullptr || fetched) {
      metrics.Add(Metric::kKeyFetches, {issuer.name, keys == nullptr ? "failure" : "success"});
    }
    if (keys != nullptr) {
      NoteKeys(metrics, issuer.name, keys->fetched_at, keys->UsableUntil(issuer));
    }
  });
}

// Refreshes the keys of one issuer, and says what is stored after that.
Findings RefreshOne(const Issuer& issuer, const Config& config, RefreshWhen when) {
  const std::string& state_dir = config.state_dir;
  if (!issuer.keys.file.empty()) {
    Say(issuer, "keys are pinned in " + Quote(issuer.keys.file));
    return {};
  }
  const auto before = ReadStoredKeys(state_dir, issuer, {});
  if (!before && before.findings().front().code == Code::kKeyCacheIgnored) {
    PrintFindings(before.findings());
  }
  if (when == RefreshWhen::kAlways || !before || !before->FreshAt(SystemNow(), issuer)) {
    SayAsking(issuer);
  }
  auto status = RefreshKeys(issuer, state_dir, when);
  const auto keys = ReadStoredKeys(state_dir, issuer, {});
  PrintFindings(CountFetch(config, issuer, status && keys ? &*keys : nullptr,
                           keys && (!before || keys->fetched_at != before->fetched_at)));
  if (!status) return std::move(status).findings();
  if (!keys) return {Finding{Code::kKeysUnavailable, keys.findings().front().message, "", {}}};
  SaySkipped(issuer, keys->set);
  Say(issuer, fmt::format("{} usable from {}, fresh until {}", keys->set.kids().size(),
                          Quote(keys->source), TimeText(keys->fresh_until)));
  return {};
}

}  // namespace

int RunKeysRefresh(const std::string& config_path, const KeysOptions& options) {
  // Drivers of other users read the keys, and root's umask is 077 on many machines.
  umask(022);
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere);
  if (!config) return Fail(config.findings());
  PrintFindings(config->warnings);
  const auto issuers = ChooseIssuers(*config, options.issuer);
  if (!issuers) return Fail(issuers.findings());
  Findings all;
  for (const Issuer& issuer : *issuers) {
    auto findings = RefreshOne(issuer, *config,
                               options.if_needed ? RefreshWhen::kNotFresh : RefreshWhen::kAlways);
    PrintFindings(findings);
    Append(all, std::move(findings));
  }
  return ExitCodeOf(OutcomeOf(all));
}

int RunKeysShow(const std::string& config_path, const KeysOptions& options) {
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere);
  if (!config) return Fail(config.findings(), options.json);
  PrintFindings(config->warnings);
  const auto issuers = ChooseIssuers(*config, options.issuer);
  if (!issuers) return Fail(issuers.findings(), options.json);
  std::vector<ShownKeys> shown;
  Findings all;
  for (const Issuer& issuer : *issuers) {
    shown.push_back(ShowKeys(issuer, config->state_dir, SystemNow()));
    Append(all, shown.back().findings);
  }
  PrintFindings(all);
  return Answer(options.json ? KeysJson(shown) : KeysTable(shown), OutcomeOf(all));
}

int RunKeysPin(const std::string& config_path, const KeysOptions& options) {
  umask(022);
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere);
  if (!config) return Fail(config.findings());
  PrintFindings(config->warnings);
  const auto issuers = ChooseIssuers(*config, options.issuer);
  if (!issuers) return Fail(issuers.findings());
  const Issuer& issuer = issuers->front();
  const bool is_named = !issuer.keys.file.empty();
  const auto folder = std::filesystem::absolute(config->path).parent_path();
  const std::string path =
      is_named ? issuer.keys.file : (folder / "keys" / (issuer.name + ".json")).string();

  SayAsking(issuer);
  auto keys = FetchKeySet(issuer, SystemNow(), nullptr);
  if (!keys) {
    std::string& hint = keys.findings().front().hint;
    if (hint.empty()) {
      hint = fmt::format("fetch them on the server itself, and write them to {}", Quote(path));
    }
    return Fail(keys.findings());
  }
  if (auto written = WritePinnedKeys(path, *keys); !written) return Fail(written.findings());
  // A file that others could write would be refused when it is used. Say so now.
  Issuer pinned = issuer;
  pinned.keys.file = path;
  if (const auto read = ReadPinnedKeys(pinned, {}); !read) return Fail(read.findings());
  SaySkipped(issuer, keys->set);
  Say(issuer, fmt::format("{} usable from {}, pinned in {}", keys->set.kids().size(),
                          Quote(keys->source), Quote(path)));
  if (!is_named) {
    Say(issuer,
        fmt::format("to use it, let [issuer.keys] hold nothing but file = {}", Quote(path)));
  }
  return ExitCodeOf(Outcome::kAllow);
}

}  // namespace jobwarden
