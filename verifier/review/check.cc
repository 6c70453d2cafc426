#include "verifier/review/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/config/places.h"
#include "verifier/policy/lint_code.h"
#include "verifier/review/ignore.h"
#include "verifier/review/lint.h"

namespace jobwarden {
namespace {

// Settings beside the rules that are legal and dangerous.
std::vector<Remark> LintSettings(const Config& config, const ConfigFile& file) {
  std::vector<Remark> remarks;
  std::optional<SettingPlaces> places;
  const auto place_of = [&](const std::string& setting) {
    if (!places) places.emplace(file);
    return places->At(setting);
  };
  if (config.github.on_deny == OnDeny::kFailStep) {
    remarks.push_back({place_of("github.on_deny"), std::string(lint::kFailStep),
                       "\"fail-step\" keeps a denied job from `run:` steps alone: its actions "
                       "still run",
                       "set \"stop-job\" where a denied job is to end"});
  }
  for (std::size_t i = 0; i < config.issuers.size(); ++i) {
    const Issuer& issuer = config.issuers[i];
    if (issuer.max_lifetime <= std::chrono::hours(24)) continue;
    remarks.push_back({place_of(fmt::format("issuer.{}.max_lifetime", i)),
                       std::string(lint::kLongLifetime),
                       fmt::format("issuer {}: a token may be valid for {}, and as long a stolen "
                                   "one",
                                   Quote(issuer.name), DurationText(issuer.max_lifetime)),
                       "set 24h or less; no job's token needs more"});
  }
  return remarks;
}

}  // namespace

std::size_t Review::mistakes() const {
  return static_cast<std::size_t>(std::count_if(
      remarks.begin(), remarks.end(), [](const Remark& each) { return each.is_mistake; }));
}

Review ReviewConfig(const std::vector<ConfigFile>& files) {
  ConfigReading reading = ReadConfig(files);
  const Config& config = reading.config;
  Review review;
  review.files = config.files;
  review.rules = config.policy.allow.size() + config.policy.deny.size();
  for (Problem& problem : reading.problems) {
    review.remarks.push_back({problem.place, std::string(CodeName(problem.finding.code)),
                              std::move(problem.finding.message), std::move(problem.finding.hint),
                              true});
  }
  const IgnoreComments comments(files);
  std::vector<Remark> warnings = LintRules(config);
  for (auto& more : {LintSettings(config, files.front()), comments.unknown()}) {
    warnings.insert(warnings.end(), more.begin(), more.end());
  }
  const auto& ignored = config.policy_settings.ignore;
  for (Remark& warning : warnings) {
    if (comments.Silences(warning) ||
        std::find(ignored.begin(), ignored.end(), warning.code) != ignored.end()) {
      ++review.silenced;
    } else {
      review.remarks.push_back(std::move(warning));
    }
  }
  std::stable_sort(review.remarks.begin(), review.remarks.end(),
                   [](const Remark& a, const Remark& b) { return a.place < b.place; });
  return review;
}

}  // namespace jobwarden
