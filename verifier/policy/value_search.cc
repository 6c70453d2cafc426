#include "verifier/policy/value_search.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/policy/condition_tree.h"

namespace jobwarden {
namespace {

using Answer = Search::Answer;

constexpr int kMaxHard = 50;  // searches that give up, which cost most

// Texts that a person would think of for a glob: most demands are met by one of them, and to try
// them costs little.
void AddGuesses(const ConditionTree& tree, std::vector<std::string>& guesses) {
  constexpr std::size_t kMaxGuesses = 8;
  if (guesses.size() >= kMaxGuesses || tree.kind == ConditionTree::Kind::kNot) return;
  for (const ConditionTree& part : tree.parts) AddGuesses(part, guesses);
  if (!tree.IsLeaf() || tree.kind == ConditionTree::Kind::kRegex) return;
  if (tree.kind == ConditionTree::Kind::kText) return guesses.push_back(tree.text);
  for (const std::string_view for_slashes : {"x", "x/x"}) {
    std::string text;
    for (std::size_t i = 0; i < tree.text.size(); ++i) {
      const bool again = tree.text.compare(i, 2, "**") == 0;
      if (again) ++i;
      const bool wild = tree.text[i] == '*' || tree.text[i] == '?';
      text += again ? for_slashes : wild ? "x" : std::string_view(tree.text).substr(i, 1);
    }
    guesses.push_back(std::move(text));
  }
}

bool Meets(const std::vector<NumberedDemand>& demands, const Value* value) {
  return std::all_of(demands.begin(), demands.end(), [value](const NumberedDemand& each) {
    return each.condition->Matches(value) == each.holds;
  });
}

Search Fork(const std::vector<NumberedDemand>& demands) {
  for (const bool fork : {false, true}) {
    Value value(fork);
    if (Meets(demands, &value)) return {Answer::kFound, std::move(value)};
  }
  return {Meets(demands, nullptr) ? Answer::kFound : Answer::kNone};
}

}  // namespace

const Condition& PresentCondition() {
  static const Condition kCondition = *Condition::Make(Object{{"exists", true}});
  return kCondition;
}

Search ValueSearch::Find(const std::vector<NumberedDemand>& demands, Shape shape, bool is_fork) {
  std::vector<int> key{static_cast<int>(shape) * 2 + (is_fork ? 1 : 0)};
  for (const NumberedDemand& each : demands) key.push_back(each.number * 2 + (each.holds ? 1 : 0));
  std::sort(key.begin() + 1, key.end());
  key.erase(std::unique(key.begin() + 1, key.end()), key.end());
  for (std::size_t i = 2; i < key.size(); ++i) {
    if (key[i] / 2 == key[i - 1] / 2) return {Answer::kNone};
  }
  const auto [known, is_new] = known_.try_emplace(std::move(key), Search{Answer::kGaveUp});
  if (is_new) known->second = is_fork ? Fork(demands) : Ask(demands, shape);
  return known->second;
}

// A value that is there, if there is one: a job that lacks a claim is a strange example.
Search ValueSearch::Ask(const std::vector<NumberedDemand>& demands, Shape shape) {
  std::vector<Demand> all{{&PresentCondition(), true}};
  std::vector<std::string> guesses;
  for (const NumberedDemand& each : demands) {
    all.push_back({each.condition, each.holds});
    if (each.holds) AddGuesses(each.condition->tree(), guesses);
  }
  guesses.emplace_back("x");
  for (std::string& guess : guesses) {
    Value value(std::move(guess));
    if (shape != Shape::kFlag && Meets(demands, &value)) {
      return {Answer::kFound, std::move(value)};
    }
  }
  Search search{Answer::kGaveUp};
  if (hard_ < kMaxHard) search = FindValue(all, shape);
  if (search.answer == Answer::kGaveUp) ++hard_;
  if (search.answer != Answer::kFound && Meets(demands, nullptr)) return {Answer::kFound};
  return search;
}

}  // namespace jobwarden
