#ifndef JOBWARDEN_VERIFIER_POLICY_TEXT_AUTOMATON_H_
#define JOBWARDEN_VERIFIER_POLICY_TEXT_AUTOMATON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/policy/condition_tree.h"

namespace jobwarden {

/// Which of several sets of texts can have a text in common: a nondeterministic automaton for all
/// sets together, whose subsets of states are walked breadth first.
///
/// A set is the union of leaves: exact texts, globs, and those regular expressions that are built
/// of characters, classes, groups, alternatives and repetitions.
class TextAutomaton {
 public:
  static constexpr std::size_t kMaxSets = 16;

  /// Adds a leaf to set `set`. False: the regular expression has something else in it (`\b`,
  /// `(?i)`,
  /// `\pL`, `^` inside), or the automaton would become too large.
  /// REQUIRES: set < kMaxSets.
  bool Add(const ConditionTree& leaf, std::size_t set);

  /// A text, and the sets that it is in, one bit each.
  struct Found {
    std::uint32_t sets;
    std::string text;
  };
  /// Each combination of sets in which a text is, with the shortest such text. Nothing when the
  /// walk is longer than its limit.
  std::optional<std::vector<Found>> Combinations() const;

 private:
  friend class RegexReader;
  struct Edge {
    char32_t low;
    char32_t high;
    std::uint32_t to;
  };
  struct State {
    std::vector<Edge> edges{};
    std::vector<std::uint32_t> free{};  // states that are reached without a character
    std::uint32_t sets = 0;             // a text that ends here is in these
  };

  std::uint32_t NewState();
  bool IsFull() const { return states_.size() > kMaxStates; }
  void AddGlob(std::string_view pattern, bool wild, std::size_t set);
  void Close(std::vector<std::uint32_t>& subset, std::vector<char>& seen) const;

  static constexpr std::size_t kMaxStates = 100'000;
  std::vector<State> states_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_TEXT_AUTOMATON_H_
