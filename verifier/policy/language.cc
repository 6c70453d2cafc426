#include "verifier/policy/language.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "verifier/policy/condition_tree.h"
#include "verifier/policy/text_automaton.h"

namespace jobwarden {
namespace {

using Kind = ConditionTree::Kind;

// What the demands ask of a value that is there, taken apart: each of `wanted` is to hold, and no
// element of the value may be in a leaf of `barred`. A hundred conditions that must not hold are
// one set of texts so, which an automaton can walk.
struct Goals {
  std::vector<const ConditionTree*> wanted{};
  std::vector<const ConditionTree*> unwanted{};  // with something else than leaves in it
  std::vector<const ConditionTree*> barred{};    // leaves
  bool possible = true;

  void Add(const ConditionTree& tree, bool holds) {
    if (tree.kind == Kind::kNot) return Add(tree.parts.front(), !holds);
    if (tree.kind == Kind::kExists) {
      possible = possible && tree.exists == holds;
      return;
    }
    if (tree.IsLeaf() && !holds) return barred.push_back(&tree);
    if ((tree.kind == Kind::kAll && holds) || (tree.kind == Kind::kAny && !holds)) {
      for (const ConditionTree& part : tree.parts) Add(part, holds);
      return;
    }
    (holds ? wanted : unwanted).push_back(&tree);
  }
};

// The sets of texts in the goals. All leaves of one list are one set: whether an element of an
// array is in one of several sets is whether it is in their union. So there are few sets, and what
// holds for a value depends only on the sets that its elements are in.
class Sets {
 public:
  explicit Sets(const std::vector<Demand>& demands) {
    for (const Demand& each : demands) goals_.Add(each.condition->tree(), each.holds);
    for (const ConditionTree* tree : goals_.barred) AddTo(nullptr, *tree);
    for (const ConditionTree* tree : goals_.wanted) Take(*tree);
    for (const ConditionTree* tree : goals_.unwanted) Take(*tree);
  }

  // Whether the demands are met by a value that is there and whose elements are in `sets`.
  bool Meets(std::uint32_t sets) const {
    const auto holds = [&](const ConditionTree* tree) { return Holds(*tree, sets); };
    return goals_.possible && !Has(nullptr, sets) &&
           std::all_of(goals_.wanted.begin(), goals_.wanted.end(), holds) &&
           std::none_of(goals_.unwanted.begin(), goals_.unwanted.end(), holds);
  }

  bool understood() const { return understood_; }
  bool possible() const { return goals_.possible; }
  std::optional<std::vector<TextAutomaton::Found>> Combinations() const {
    return automaton_.Combinations();
  }

 private:
  void Take(const ConditionTree& tree) {
    if (tree.IsLeaf()) {
      AddTo(&tree, tree);
    } else if (tree.kind == Kind::kAny) {
      for (const ConditionTree& part : tree.parts) {
        if (part.IsLeaf()) {
          AddTo(&tree, part);
        } else {
          Take(part);
        }
      }
    } else {
      for (const ConditionTree& part : tree.parts) Take(part);
    }
  }

  bool Holds(const ConditionTree& tree, std::uint32_t sets) const {
    const auto holds = [&](const ConditionTree& part) { return Holds(part, sets); };
    switch (tree.kind) {
      case Kind::kExists:
        return tree.exists;
      case Kind::kNot:
        return !Holds(tree.parts.front(), sets);
      case Kind::kAll:
        return std::all_of(tree.parts.begin(), tree.parts.end(), holds);
      case Kind::kAny:
        return Has(&tree, sets) ||
               std::any_of(tree.parts.begin(), tree.parts.end(), [&](const ConditionTree& part) {
                 return !part.IsLeaf() && holds(part);
               });
      default:
        return Has(&tree, sets);
    }
  }

  // A null owner is the set of all barred leaves.
  void AddTo(const ConditionTree* owner, const ConditionTree& leaf) {
    if (!understood_) return;
    const auto number = number_.try_emplace(owner, number_.size()).first->second;
    understood_ = number < TextAutomaton::kMaxSets && automaton_.Add(leaf, number);
  }
  bool Has(const ConditionTree* owner, std::uint32_t sets) const {
    const auto number = number_.find(owner);
    return number != number_.end() && (sets >> number->second & 1U) != 0;
  }

  Goals goals_;
  std::map<const ConditionTree*, std::size_t> number_;
  TextAutomaton automaton_;
  bool understood_ = true;
};

bool Meets(const std::vector<Demand>& demands, const Value* value) {
  return std::all_of(demands.begin(), demands.end(), [value](const Demand& each) {
    return each.condition->Matches(value) == each.holds;
  });
}

// The texts that the demands name, for a search that cannot be whole.
void TakeTexts(const ConditionTree& tree, std::vector<std::string>& texts) {
  if (tree.IsLeaf()) texts.push_back(tree.text);
  for (const ConditionTree& part : tree.parts) TakeTexts(part, texts);
}

Search GiveUp(const std::vector<Demand>& demands) {
  std::vector<std::string> texts{"", "x", "x/x", "1"};
  for (const Demand& each : demands) TakeTexts(each.condition->tree(), texts);
  for (std::string& text : texts) {
    Value value(std::move(text));
    if (Meets(demands, &value)) return {Search::Answer::kFound, std::move(value)};
  }
  return {Search::Answer::kGaveUp};
}

// Arrays of texts, and of what is no text: an array is in all sets that an element of it is in.
Search FindArray(const std::vector<TextAutomaton::Found>& texts,
                 const std::vector<Demand>& demands) {
  Value object{Object()};
  if (Meets(demands, &object)) return {Search::Answer::kFound, std::move(object)};
  constexpr std::size_t kMaxArrays = 4096;
  std::vector<std::pair<std::uint32_t, Array>> arrays{{0, {}}};
  for (std::size_t at = 0; at < arrays.size(); ++at) {
    Value value(arrays[at].second);
    if (Meets(demands, &value)) return {Search::Answer::kFound, std::move(value)};
    for (const auto& text : texts) {
      const std::uint32_t sets = arrays[at].first | text.sets;
      const bool known = std::any_of(arrays.begin(), arrays.end(),
                                     [sets](const auto& each) { return each.first == sets; });
      if (known) continue;
      if (arrays.size() == kMaxArrays) return {Search::Answer::kGaveUp};
      Array more = arrays[at].second;
      more.emplace_back(text.text);
      arrays.emplace_back(sets, std::move(more));
    }
  }
  return {Search::Answer::kNone};
}

}  // namespace

Search FindValue(const std::vector<Demand>& demands, Shape shape) {
  if (Meets(demands, nullptr)) return {Search::Answer::kFound};
  if (shape == Shape::kFlag) {
    for (const bool flag : {true, false}) {
      const Value value(flag);
      if (Meets(demands, &value)) return {Search::Answer::kFound, value};
    }
    return {Search::Answer::kNone};
  }
  const Sets sets(demands);
  if (!sets.possible()) return {Search::Answer::kNone};
  if (!sets.understood()) return GiveUp(demands);
  const auto texts = sets.Combinations();
  if (!texts) return GiveUp(demands);
  for (const auto& text : *texts) {
    if (sets.Meets(text.sets)) return {Search::Answer::kFound, Value(text.text)};
  }
  return shape == Shape::kAny ? FindArray(*texts, demands) : Search{Search::Answer::kNone};
}

}  // namespace jobwarden
