#include "executor/foretell.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/job_input.h"
#include "executor/stage_checkout.h"
#include "executor/stage_exposure.h"
#include "verifier/exposure/plan.h"
#include "verifier/os/file.h"

namespace jobwarden {

void AddLocations(const JobResponse& response, Inventory& inventory) {
  for (Token& token : inventory.tokens) {
    if (MayStandByChance(token)) continue;
    const auto more = response.LocationsOf(token.value.view());
    token.locations.insert(token.locations.end(), more.begin(), more.end());
  }
}

Record::Exposure Foretell(const Inventory& inventory, const JobResponse& response, const Call& call,
                          const Config& config) {
  StageUse use = UseOf("", call, config);
  if (config.executor.driver == Driver::kWrap && config.exposure.usage == Usage::kCheckout) {
    use.unseen = kWhereDriverPutsThem;
  }
  std::vector<std::string_view> stages;
  for (const auto* steps : {&response.steps(), &response.hooks()}) {
    for (const auto& step : *steps) stages.push_back(step.text);
  }
  if (stages.empty()) stages.emplace_back();

  // Each stage is compared with each.
  constexpr std::size_t kMaxCompared = 16;
  struct Fate {
    ExposureAction action;
    std::string why;
  };
  std::map<std::string, Fate> fates;
  use.variables = JobTexts(call.environment, inventory);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    use.commands = stages[i];
    use.other_stages = stages;
    use.other_stages.erase(use.other_stages.begin() + static_cast<std::ptrdiff_t>(i));
    if (stages.size() > kMaxCompared) use.other_stages.clear();
    const Words elsewhere = WordsToLookFor(inventory, use, config.exposure);
    for (PlanEntry& entry : MakePlan(inventory, use, config.exposure).entries) {
      if (entry.action == ExposureAction::kStrip && elsewhere.contains(entry.name)) {
        entry.why = Record::Exposure::kUnlessAFileNamesIt;
      }
      const auto [known, is_new] =
          fates.try_emplace(std::move(entry.name), Fate{entry.action, entry.why});
      if (!is_new && known->second.action < entry.action) {
        known->second = {entry.action, std::move(entry.why)};
      }
    }
  }
  Record::Exposure exposure;
  for (auto& [name, fate] : fates) {
    auto& names = fate.action == ExposureAction::kStrip  ? exposure.stripped
                  : fate.action == ExposureAction::kMask ? exposure.masked
                                                         : exposure.kept;
    names.push_back(name);
    exposure.why.emplace(name, std::move(fate.why));
  }
  return exposure;
}

Status FilterJobResponse(const std::string& path, const JobResponse& response,
                         const Inventory& inventory, const Record::Exposure& exposure) {
  if (exposure.stripped.empty()) return Ok();
  const std::set<std::string> names(exposure.stripped.begin(), exposure.stripped.end());
  return OverwriteFile(path, response.Without(names, ValuesGone(inventory, names)).view(),
                       Code::kStateUnwritable, "job response");
}

}  // namespace jobwarden
