#include "verifier/exposure/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "verifier/base/glob.h"
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

// Programs that call git when they fetch what a project depends on.
constexpr std::string_view kGitCallers[] = {"git",   "go",     "npm",      "pnpm",      "yarn",
                                            "pip",   "pip3",   "uv",       "poetry",    "pipenv",
                                            "cargo", "bundle", "composer", "terraform", "tofu"};

// GIT_CONFIG_KEY_0, GIT_CONFIG_VALUE_0 …
bool IsGitSetting(std::string_view name) {
  return name.starts_with("GIT_CONFIG_KEY_") || name.starts_with("GIT_CONFIG_VALUE_");
}

// Calls `each` with the words of a command, `npm publish`, as long as it returns true; whether it
// did so for all of them.
template <class Each>
bool AllWords(std::string_view command, const Each& each) {
  while (!command.empty()) {
    const std::size_t end = std::min(command.find(' '), command.size());
    if (!each(command.substr(0, end))) return false;
    command.remove_prefix(std::min(end + 1, command.size()));
  }
  return true;
}

// The words that a name is used by, beside itself.
class Readers {
 public:
  Readers(const StageUse& use, const ExposureSettings& settings)
      : git_asks_(use.git_asks), consumers_(settings.consumers) {
    for (const auto& [variable, commands] : consumers_) {
      if (Glob::IsPattern(variable)) patterns_.emplace_back(Glob(variable), commands);
    }
  }

  // Calls `each` with the commands that read this variable, until it gives back true.
  template <class Each>
  bool Any(const std::string& name, const Each& each) const {
    const auto found = consumers_.find(name);
    if (found != consumers_.end() &&
        std::any_of(found->second.begin(), found->second.end(), each)) {
      return true;
    }
    for (const auto& [pattern, commands] : patterns_) {
      if (pattern.Matches(name) && std::any_of(commands.begin(), commands.end(), each)) return true;
    }
    const bool of_git = IsGitSetting(name) || (git_asks_ && name == "CI_JOB_TOKEN");
    return of_git && std::any_of(std::begin(kGitCallers), std::end(kGitCallers), each);
  }

  void AddTo(Words& words, const std::string& name) const {
    words.insert(name);
    Any(name, [&](std::string_view command) {
      AllWords(command, [&](std::string_view word) {
        words.emplace(word);
        return true;
      });
      return false;
    });
  }

 private:
  bool git_asks_;
  const Consumers& consumers_;
  std::vector<std::pair<Glob, const std::vector<std::string>&>> patterns_;
};

struct Choice {
  ExposureAction action;
  std::string why;
};

// What is to be done with a name that nothing uses.
Choice Unused(TokenKind kind, const std::string& name, const ExposureSettings& settings) {
  if (const ExposureRule* rule = FirstRuleFor(name, settings.rules)) {
    return {rule->action, "a rule: "};
  }
  switch (kind) {
    case TokenKind::kLegacy:
      return {settings.legacy, "legacy = "};
    case TokenKind::kSecret:
      return {settings.secrets, "secrets = "};
    case TokenKind::kNamed:
    case TokenKind::kIdToken:
    case TokenKind::kJobToken:
      break;
  }
  return {settings.unused, "unused = "};
}

// The same for an alias of a named value too: what is done to the one is done to the other.
Choice Unused(const Token& token, const std::string& name, const ExposureSettings& settings) {
  const bool has_rule = FirstRuleFor(name, settings.rules) != nullptr;
  const bool alias = token.kind == TokenKind::kNamed && !has_rule;
  return Unused(token.kind, alias ? token.names.front() : name, settings);
}

class Planner {
 public:
  Planner(const Inventory& inventory, const StageUse& use, const ExposureSettings& settings)
      : use_(use), settings_(settings), readers_(use, settings) {
    if (settings.job_may_keep) listed_ = SplitNames(use.keep);
    Words wanted;
    for (const Token& token : inventory.tokens) {
      for (const std::string& name : token.names) readers_.AddTo(wanted, name);
    }
    used_ = UsedWords(use.commands, wanted, use.syntax);
  }

  Choice Decide(const Token& token, const std::string& name, bool value_is_there) const {
    std::string why = value_is_there ? "its value stands in the commands" : WhyUsed(token, name);
    if (!why.empty()) return {ExposureAction::kKeep, std::move(why)};
    Choice choice = Unused(token, name, settings_);
    if (choice.action == ExposureAction::kStrip) {
      if (use_.runner_made && MayBeGuessed(token.kind)) {
        return {ExposureAction::kMask, "the runner's own commands may need it"};
      }
      choice.why = "nothing names it";
    } else {
      choice.why = fmt::format("nothing names it; [exposure] has {}\"{}\"", choice.why,
                               choice.action == ExposureAction::kMask ? "mask" : "keep");
    }
    return choice;
  }

  bool HoldsValueOf(const Token& token) const {
    constexpr std::size_t kShortest = 8;  // shorter values stand there by chance
    const std::string_view value = token.value.view();
    return value.size() >= kShortest && Contains(use_.commands, value);
  }

 private:
  // Why a name stays; empty: nothing uses it.
  std::string WhyUsed(const Token& token, const std::string& name) const {
    if (use_.runner_made && token.kind == TokenKind::kJobToken) {
      return "the runner's own commands need it";
    }
    std::string reader;
    const auto read_by = [&](const Words& words) {
      return readers_.Any(name, [&](std::string_view command) {
        const auto is_there = [&](std::string_view word) { return words.contains(word); };
        if (!AllWords(command, is_there)) return false;
        reader = command;
        return true;
      });
    };
    if (used_.contains(name)) return "a command names it";
    if (read_by(used_)) return "the command " + reader + " reads it";
    if (listed_.contains(name)) return "JOBWARDEN_KEEP lists it";
    if (token.ours || use_.runner_made) return "";
    if (use_.checkout != nullptr) {
      if (use_.checkout->contains(name)) return "a file of the checkout names it";
      if (read_by(*use_.checkout)) {
        return "a file of the checkout names " + reader + ", which reads it";
      }
    }
    return use_.unseen.empty() ? "" : "the checkout was not searched for it";
  }

  const StageUse& use_;
  const ExposureSettings& settings_;
  const Readers readers_;
  Words listed_;
  Words used_;
};

}  // namespace

std::set<std::string> Plan::Stripped() const {
  return NamesWith(*this, ExposureAction::kStrip);
}

std::set<std::string> Plan::Masked() const {
  return NamesWith(*this, ExposureAction::kMask);
}

std::set<std::string> Plan::Kept() const {
  return NamesWith(*this, ExposureAction::kKeep);
}

Words WordsToLookFor(const Inventory& inventory, const StageUse& use,
                     const ExposureSettings& settings) {
  Words wanted;
  if (settings.usage != Usage::kCheckout || use.runner_made) return wanted;
  const std::set<std::string> stripped = MakePlan(inventory, use, settings).Stripped();
  const Readers readers(use, settings);
  for (const Token& token : inventory.tokens) {
    for (const std::string& name : token.names) {
      if (!token.ours && stripped.contains(name)) readers.AddTo(wanted, name);
    }
  }
  return wanted;
}

Plan MakePlan(const Inventory& inventory, const StageUse& use, const ExposureSettings& settings) {
  const Planner planner(inventory, use, settings);
  // Of several tokens in one variable the one that leaves most of it decides.
  std::map<std::string_view, Choice> choices;
  for (const Token& token : inventory.tokens) {
    const bool value_is_there = planner.HoldsValueOf(token);
    for (const std::string& name : token.names) {
      Choice choice = planner.Decide(token, name, value_is_there);
      const auto [known, is_new] = choices.try_emplace(name, choice);
      if (!is_new && known->second.action < choice.action) known->second = std::move(choice);
    }
  }
  Plan plan;
  for (const Token& token : inventory.tokens) {
    for (const std::string& name : token.names) {
      const Choice& choice = choices.find(name)->second;
      plan.entries.push_back({name, token.sha256, choice.action, choice.why});
    }
  }
  return plan;
}

std::vector<std::string_view> ValuesToMask(const Inventory& inventory,
                                           const ExposureSettings& settings) {
  std::vector<std::string_view> values;
  for (const Token& token : inventory.tokens) {
    if (MayBeGuessed(token.kind) &&
        Unused(token, token.names.front(), settings).action == ExposureAction::kKeep) {
      continue;
    }
    values.push_back(token.value.view());
  }
  return values;
}

}  // namespace jobwarden
