#include "verifier/exposure/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/base/value_length.h"
#include "verifier/exposure/blind_spot.h"
#include "verifier/exposure/namesake.h"
#include "verifier/exposure/readers.h"
#include "verifier/exposure/server_names.h"
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

// What becomes of an alias of a named value is what becomes of the value's own name.
Choice Unused(const Token& token, const std::string& name, const ExposureSettings& settings) {
  const bool has_rule = FirstRuleFor(name, settings.rules) != nullptr;
  const bool alias = token.kind == TokenKind::kNamed && !has_rule;
  return Unused(token.kind, alias ? token.names.front() : name, settings);
}

// Whether a person gave the token this name. The rule of a named value decides about that value.
bool IsAlias(const Token& token, const std::string& name, const Words* declared) {
  if (IsServersText(name)) return false;
  switch (token.kind) {
    case TokenKind::kJobToken:
      return !IsServersNameOfJobToken(name);
    case TokenKind::kIdToken:
      if (declared != nullptr) return !declared->contains(name);
      [[fallthrough]];
    case TokenKind::kSecret:
      return name != token.names.front();
    case TokenKind::kLegacy:
      return !IsLegacyName(name);
    case TokenKind::kNamed:
      break;
  }
  return false;
}

// Whether the runner gave the token to get `secrets:` with.
bool GotSecrets(const Token& token) {
  return std::any_of(token.locations.begin(), token.locations.end(),
                     [](const std::string& location) { return location.starts_with("secrets"); });
}

class Planner {
 public:
  Planner(const Inventory& inventory, const StageUse& use, const ExposureSettings& settings)
      : use_(use), settings_(settings), readers_(settings.consumers, use.git_asks) {
    if (settings.job_may_keep) listed_ = SplitNames(use.keep);
    Words wanted;
    for (const Token& token : inventory.tokens) {
      for (const std::string& name : token.names) readers_.AddTo(wanted, name);
    }
    const Secret commands = WithoutEchoesAndComments(use.commands, use.syntax);
    used_ = WordsIn(commands.view(), wanted);
    if (use.runner_made) return;
    Words namesakes;
    for (const Token& token : inventory.tokens) {
      if (token.kind != TokenKind::kIdToken || token.ours) continue;
      for (const std::string& name : token.names) namesakes.merge(AsWords(NamesakesOf(name)));
    }
    const auto add_namesakes = [&](std::string_view text) {
      namesakes_.merge(NamesakesIn(text, namesakes));
    };
    add_namesakes(commands.view());
    add_namesakes(use.called);
    for (const std::string_view value : TextOfVariables(commands.view())) {
      in_variables_.merge(WordsIn(value, wanted));
      add_namesakes(value);
    }
    for (const std::string_view stage : use.other_stages) {
      in_other_stages_.merge(UsedWords(stage, wanted, use.syntax));
    }
    if (settings.usage == Usage::kCheckout) {
      blind_spot_ = FindBlindSpot(commands.view(), use.project);
      if (blind_spot_ == BlindSpot::kNone) blind_spot_ = FindBlindSpot(use.called, use.project);
    }
  }

  Choice Decide(const Token& token, const std::string& name, bool value_is_there) const {
    std::string why = value_is_there ? "its value stands in the commands" : WhyUsed(token, name);
    if (!why.empty()) return {ExposureAction::kKeep, std::move(why)};
    const bool alias = !use_.runner_made && !token.ours && IsAlias(token, name, use_.declared);
    if (alias && settings_.KeepsAliases() && FirstRuleFor(name, settings_.rules) == nullptr) {
      return {ExposureAction::kKeep, "the job made it from a token"};
    }
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
    const std::string_view value = token.value.view();
    return value.size() >= kMinSearchedBytes && Contains(use_.commands, value);
  }

 private:
  static Words AsWords(std::vector<std::string> words) {
    return {std::make_move_iterator(words.begin()), std::make_move_iterator(words.end())};
  }

  // The values of all text variables; where the script's own lines alone count, of those that the
  // lines name, or that such a variable names.
  std::vector<std::string_view> TextOfVariables(std::string_view commands) const {
    std::vector<std::string_view> texts;
    if (settings_.usage == Usage::kCheckout) {
      for (const VariableView& variable : use_.variables) texts.push_back(variable.value);
      return texts;
    }
    Words unread;
    for (const VariableView& variable : use_.variables) unread.emplace(variable.name);
    std::vector<std::string_view> to_read = {commands};
    while (!to_read.empty()) {
      const Words named = WordsIn(to_read.back(), unread);
      to_read.pop_back();
      for (const VariableView& variable : use_.variables) {
        if (!named.contains(variable.name)) continue;
        texts.push_back(variable.value);
        to_read.push_back(variable.value);
      }
      for (const std::string& name : named) unread.erase(name);
    }
    return texts;
  }

  // Why a name stays that somebody, called `who`, names or calls a reader of; empty: nobody does.
  std::string WhyNamed(const Words& words, const std::string& name, std::string_view who) const {
    if (words.contains(name)) return fmt::format("{} names it", who);
    const std::string reader = readers_.FindIn(words, name);
    return reader.empty() ? "" : fmt::format("{} names {}, which reads it", who, reader);
  }

  // Whether what the token is for is known, and this stage is not it.
  bool ServesElsewhere(const Token& token) const {
    return token.kind == TokenKind::kIdToken &&
           (GotSecrets(token) ||
            std::any_of(token.names.begin(), token.names.end(), [&](const std::string& name) {
              return in_other_stages_.contains(name) ||
                     !readers_.FindIn(in_other_stages_, name).empty();
            }));
  }

  bool HasNamesake(const std::string& name) const {
    const auto namesakes = NamesakesOf(name);
    return std::any_of(namesakes.begin(), namesakes.end(),
                       [&](const std::string& each) { return namesakes_.contains(each); });
  }

  // Why a name stays; empty: nothing uses it.
  std::string WhyUsed(const Token& token, const std::string& name) const {
    if (use_.runner_made && token.kind == TokenKind::kJobToken) {
      return "the runner's own commands need it";
    }
    if (used_.contains(name)) return "a command names it";
    const std::string reader = readers_.FindIn(used_, name);
    if (!reader.empty()) return "the command " + reader + " reads it";
    if (listed_.contains(name)) return "JOBWARDEN_KEEP lists it";
    if (token.ours || use_.runner_made) return "";
    if (IsReadUnnamed(name)) return "programs read it though no script names it";
    std::string why = WhyNamed(in_variables_, name, "a variable of the job");
    if (why.empty() && use_.checkout != nullptr) {
      why = WhyNamed(*use_.checkout, name, "a file of the checkout");
    }
    if (!why.empty()) return why;
    if (!ServesElsewhere(token)) {
      if (HasNamesake(name) && !IsAlias(token, name, use_.declared)) {
        return "a word of the script has its name";
      }
      if (blind_spot_ == BlindSpot::kPipedScript) {
        return "the stage runs a script that is not in the checkout";
      }
      if (blind_spot_ == BlindSpot::kProgramElsewhere) {
        return "the stage runs a program that is not in the checkout";
      }
    }
    return std::string(use_.unseen.empty() ? "" : kNotSearched);
  }

  const StageUse& use_;
  const ExposureSettings& settings_;
  const Readers readers_;
  Words listed_;
  Words used_;
  Words in_variables_;
  Words in_other_stages_;
  Words namesakes_;
  BlindSpot blind_spot_ = BlindSpot::kNone;
};

}  // namespace

std::set<std::string> Plan::Stripped() const {
  return NamesWith(*this, ExposureAction::kStrip);
}

std::set<std::string> Plan::Kept() const {
  return NamesWith(*this, ExposureAction::kKeep);
}

std::vector<VariableView> TextVariables(const std::vector<VariableView>& variables,
                                        const Inventory& inventory) {
  std::set<std::string_view> holders{"JOBWARDEN_KEEP"};
  for (const Token& token : inventory.tokens) {
    if (!MayBeGuessed(token.kind)) holders.insert(token.names.begin(), token.names.end());
  }
  std::vector<VariableView> texts;
  for (const VariableView& variable : variables) {
    if (!holders.contains(variable.name) && !IsServersText(variable.name)) {
      texts.push_back(variable);
    }
  }
  return texts;
}

Words WordsToLookFor(const Inventory& inventory, const StageUse& use,
                     const ExposureSettings& settings) {
  Words wanted;
  if (settings.usage != Usage::kCheckout || use.runner_made) return wanted;
  const std::set<std::string> stripped = MakePlan(inventory, use, settings).Stripped();
  const Readers readers(settings.consumers, use.git_asks);
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
      plan.entries.push_back({name, choice.action, choice.why});
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
