#include "verifier/policy/reach.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "verifier/policy/condition_tree.h"

namespace jobwarden {
namespace {

using Answer = Search::Answer;

// All conditions of a rule on one claim or fact.
struct OnName {
  std::uint32_t name = 0;
  Shape shape = Shape::kAny;
  std::vector<const Condition*> conditions{};
  bool has_sample = false;
  std::optional<Value> sample{};  // a value that meets them; absent: the absent value does
};

struct Sides {
  const Rule* rule;
  std::vector<OnName> names{};  // sorted by name
};

// The same name for `ref` and for the pointer `/ref`.
std::string_view Plain(std::string_view name) {
  const bool pointer = name.starts_with('/') && name.find_first_of("/~", 1) == name.npos;
  return pointer ? name.substr(1) : name;
}

bool AllMatch(const std::vector<const Condition*>& conditions, const Value* value) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [value](const Condition* each) { return each->Matches(value); });
}

// Most conditions are met by their first text, which costs nothing to find.
std::optional<Value> FirstText(const OnName& on) {
  const ConditionTree* tree = &on.conditions.front()->tree();
  while (tree->kind == ConditionTree::Kind::kAny && !tree->parts.empty())
    tree = &tree->parts.front();
  if (!tree->IsLeaf() || tree->kind == ConditionTree::Kind::kRegex) return std::nullopt;
  std::string text = tree->text;
  std::erase(text, '*');
  Value value(std::move(text));
  if (on.shape == Shape::kFlag || !AllMatch(on.conditions, &value)) return std::nullopt;
  return value;
}

class Reach {
 public:
  Reach(const Policy& policy, const ShapeOf& shape_of) : shape_of_(shape_of) {
    for (const Rule& rule : policy.allow) allow_.push_back(SidesOf(rule));
    for (const Rule& rule : policy.deny) deny_.push_back(SidesOf(rule));
  }

  std::vector<Unreached> Find() {
    std::vector<bool> never_allows = FindNever(allow_);
    std::vector<bool> never_denies = FindNever(deny_);
    for (std::size_t i = 0; i < allow_.size(); ++i) {
      if (never_allows[i] || HiddenBy(allow_[i], deny_, deny_.size(), never_denies, true)) continue;
      HiddenBy(allow_[i], allow_, i, never_allows, false);
    }
    for (std::size_t i = 0; i < deny_.size(); ++i) {
      if (never_denies[i]) continue;
      if (HiddenBy(deny_[i], deny_, i, never_denies, true)) continue;
      // A later deny rule hides an earlier one too, because their order does not matter; of two
      // that match the same jobs the earlier one stays.
      std::vector<bool> skipped = never_denies;
      for (std::size_t j = 0; j < deny_.size(); ++j) {
        if (j <= i || Covers(deny_[j], deny_[i]) == Answer::kFound) skipped[j] = true;
      }
      HiddenBy(deny_[i], deny_, deny_.size(), skipped, true);
    }
    return std::move(unreached_);
  }

 private:
  Sides SidesOf(const Rule& rule) {
    Sides sides{&rule};
    const auto add = [&](const std::vector<NamedCondition>& conditions, bool is_fact) {
      for (const NamedCondition& each : conditions) {
        const auto key = std::pair(is_fact, std::string(Plain(each.name)));
        const auto [entry, is_new] =
            names_.try_emplace(key, static_cast<std::uint32_t>(names_.size()), Shape::kAny);
        if (is_new) entry->second.second = shape_of_(each.name, is_fact);
        const auto same = std::find_if(
            sides.names.begin(), sides.names.end(),
            [&, &name = entry->second.first](const OnName& on) { return on.name == name; });
        OnName& on = same != sides.names.end() ? *same : sides.names.emplace_back();
        std::tie(on.name, on.shape) = entry->second;
        on.conditions.push_back(&each.condition);
      }
    };
    add(rule.claims, false);
    add(rule.facts, true);
    std::sort(sides.names.begin(), sides.names.end(),
              [](const OnName& a, const OnName& b) { return a.name < b.name; });
    return sides;
  }

  std::vector<bool> FindNever(std::vector<Sides>& all) {
    std::vector<bool> never(all.size(), false);
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (OnName& on : all[i].names) {
        if (auto text = FirstText(on)) {
          on.has_sample = true;
          on.sample = std::move(text);
          continue;
        }
        std::vector<Demand> demands;
        for (const Condition* each : on.conditions) demands.push_back({each, true});
        Search search = FindValue(demands, on.shape);
        on.has_sample = search.answer == Answer::kFound;
        on.sample = std::move(search.example);
        if (search.answer != Answer::kNone || never[i]) continue;
        never[i] = true;
        const auto name = std::find_if(names_.begin(), names_.end(), [&](const auto& each) {
          return each.second.first == on.name;
        });
        unreached_.push_back(
            {all[i].rule, Unreached::Why::kNever, name->first.second, name->first.first});
      }
    }
    return never;
  }

  // Whether each value that meets the conditions of `on` (null: any value) meets those of `wider`.
  static Answer Meets(const OnName* on, const OnName& wider) {
    if (on == nullptr && !AllMatch(wider.conditions, nullptr)) return Answer::kNone;
    if (on != nullptr && on->has_sample &&
        !AllMatch(wider.conditions, on->sample ? &*on->sample : nullptr)) {
      return Answer::kNone;
    }
    Answer answer = Answer::kFound;
    for (const Condition* each : wider.conditions) {
      std::vector<Demand> demands{{each, false}};
      if (on != nullptr) {
        for (const Condition* own : on->conditions) demands.push_back({own, true});
      }
      const Answer other = FindValue(demands, wider.shape).answer;
      if (other == Answer::kFound) return Answer::kNone;
      if (other == Answer::kGaveUp) answer = Answer::kGaveUp;
    }
    return answer;
  }

  // Whether each job that `rule` matches is matched by `wider`: found, none (it is not), gave up.
  static Answer Covers(const Sides& rule, const Sides& wider) {
    if (wider.rule->report_only) return Answer::kNone;
    if (!wider.rule->issuer.empty() && wider.rule->issuer != rule.rule->issuer)
      return Answer::kNone;
    auto own = rule.names.begin();
    const auto next = [&](std::uint32_t name) -> const OnName* {
      while (own != rule.names.end() && own->name < name) ++own;
      return own != rule.names.end() && own->name == name ? &*own : nullptr;
    };
    // What costs little first.
    for (const OnName& on : wider.names) {
      const OnName* mine = next(on.name);
      if (mine == nullptr ? !AllMatch(on.conditions, nullptr)
                          : mine->has_sample &&
                                !AllMatch(on.conditions, mine->sample ? &*mine->sample : nullptr)) {
        return Answer::kNone;
      }
    }
    own = rule.names.begin();
    Answer answer = Answer::kFound;
    for (const OnName& on : wider.names) {
      const Answer one = Meets(next(on.name), on);
      if (one == Answer::kNone) return one;
      if (one == Answer::kGaveUp) answer = one;
    }
    return answer;
  }

  // Whether `wider` permits what the rule permits to a job's other id_tokens.
  static bool PermitsAudiences(const Rule& rule, const Rule& wider) {
    if (!wider.audiences) return true;
    if (!rule.audiences) return false;
    return FindValue({{&*rule.audiences, true}, {&*wider.audiences, false}}, Shape::kText).answer ==
           Answer::kNone;
  }

  bool HiddenBy(const Sides& rule, const std::vector<Sides>& others, std::size_t count,
                const std::vector<bool>& skipped, bool by_deny) {
    const Rule* undecided = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      const Sides& other = others[i];
      if (skipped[i] || other.rule == rule.rule) continue;
      if (!by_deny && rule.rule->tokenless && !other.rule->tokenless) continue;
      const Answer answer = Covers(rule, other);
      if (answer == Answer::kNone || !(by_deny || PermitsAudiences(*rule.rule, *other.rule)))
        continue;
      if (answer == Answer::kFound) {
        unreached_.push_back({rule.rule, Unreached::Why::kHidden, "", false, other.rule, by_deny});
        return true;
      }
      if (undecided == nullptr) undecided = other.rule;
    }
    if (undecided != nullptr) {
      unreached_.push_back({rule.rule, Unreached::Why::kUndecided, "", false, undecided, by_deny});
    }
    return false;
  }

  const ShapeOf& shape_of_;
  std::map<std::pair<bool, std::string>, std::pair<std::uint32_t, Shape>> names_;
  std::vector<Sides> allow_;
  std::vector<Sides> deny_;
  std::vector<Unreached> unreached_;
};

}  // namespace

std::vector<Unreached> FindUnreached(const Policy& policy, const ShapeOf& shape_of) {
  return Reach(policy, shape_of).Find();
}

}  // namespace jobwarden
