#include "verifier/exposure/plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/exposure/usage.h"

namespace jobwarden {
namespace {

Words SplitNames(std::string_view list) {
  constexpr std::string_view kSeparators = " ,\t\r\n";
  Words names;
  while (true) {
    list.remove_prefix(std::min(list.find_first_not_of(kSeparators), list.size()));
    if (list.empty()) return names;
    const std::size_t end = std::min(list.find_first_of(kSeparators), list.size());
    names.emplace(list.substr(0, end));
    list.remove_prefix(end);
  }
}

std::set<std::string> NamesWith(const Plan& plan, ExposureAction action) {
  std::set<std::string> names;
  for (const PlanEntry& entry : plan.entries) {
    if (entry.action == action) names.insert(entry.name);
  }
  return names;
}

// Everything that a command could name: the tokens' names, and the commands that read them.
Words WantedWords(const Inventory& inventory, const ExposureSettings& settings) {
  Words wanted;
  for (const Token& token : inventory.tokens) {
    for (const std::string& name : token.names) {
      wanted.insert(name);
      const auto consumers = settings.consumers.find(name);
      if (consumers == settings.consumers.end()) continue;
      wanted.insert(consumers->second.begin(), consumers->second.end());
    }
  }
  return wanted;
}

}  // namespace

std::set<std::string> Plan::Stripped() const {
  return NamesWith(*this, ExposureAction::kStrip);
}

std::set<std::string> Plan::Kept() const {
  return NamesWith(*this, ExposureAction::kKeep);
}

std::set<std::string> Plan::Gone() const {
  std::set<std::string> gone;
  for (const PlanEntry& entry : entries) gone.insert(entry.sha256);
  for (const PlanEntry& entry : entries) {
    if (entry.action == ExposureAction::kKeep) gone.erase(entry.sha256);
  }
  return gone;
}

Words WordsToLookFor(const Inventory& inventory, const StageUse& use,
                     const ExposureSettings& settings) {
  Words wanted;
  if (settings.usage != Usage::kCheckout) return wanted;
  for (const std::string& name : MakePlan(inventory, use, settings).Stripped()) {
    wanted.insert(name);
    const auto consumers = settings.consumers.find(name);
    if (consumers == settings.consumers.end()) continue;
    wanted.insert(consumers->second.begin(), consumers->second.end());
  }
  return wanted;
}

Plan MakePlan(const Inventory& inventory, const StageUse& use, const ExposureSettings& settings) {
  const Words keep = settings.job_may_keep ? SplitNames(use.keep) : Words();
  const Words used = UsedWords(use.commands, WantedWords(inventory, settings));

  // Why a name stays; empty: it goes.
  const auto why_name_stays = [&](const std::string& name) -> std::string {
    if (used.contains(name)) return "this stage's commands name it";
    if (use.checkout != nullptr && use.checkout->contains(name)) return "the checkout names it";
    const auto consumers = settings.consumers.find(name);
    if (consumers != settings.consumers.end()) {
      for (const std::string& command : consumers->second) {
        if (used.contains(command)) return "this stage's commands call " + command;
        if (use.checkout != nullptr && use.checkout->contains(command)) {
          return "the checkout names " + command;
        }
      }
    }
    if (keep.contains(name)) return "JOBWARDEN_KEEP lists it";
    return "";
  };
  const auto why_token_stays = [&](const Token& token) -> std::string {
    if (token.kind == TokenKind::kJobToken) return "job tokens are kept";
    const bool legacy = token.kind == TokenKind::kLegacy;
    if ((legacy ? settings.legacy : settings.unused) == ExposureAction::kKeep) {
      return std::string("[exposure] ") + (legacy ? "legacy" : "unused") + " is \"keep\"";
    }
    if (Contains(use.commands, token.value.view())) {
      return "the runner wrote its value into this stage";
    }
    return "";
  };

  std::map<std::string, std::string> stays;
  for (const Token& token : inventory.tokens) {
    const std::string why_token = why_token_stays(token);
    for (const std::string& name : token.names) {
      const std::string why = why_token.empty() ? why_name_stays(name) : why_token;
      if (!why.empty()) stays.emplace(name, why);
    }
  }
  Plan plan;
  for (const Token& token : inventory.tokens) {
    for (const std::string& name : token.names) {
      const auto why = stays.find(name);
      if (why == stays.end()) {
        plan.entries.push_back(
            {name, token.sha256, ExposureAction::kStrip, "no command of this stage names it"});
      } else {
        plan.entries.push_back({name, token.sha256, ExposureAction::kKeep, why->second});
      }
    }
  }
  return plan;
}

}  // namespace jobwarden
