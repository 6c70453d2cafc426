#include "verifier/policy/text_automaton.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "verifier/policy/code_points.h"
#include "verifier/policy/regex_reader.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxSubsets = 20'000;
constexpr std::size_t kMaxWork = 3'000'000;  // states that are looked at

// A character of the range that a person likes to read.
char32_t Readable(char32_t low, char32_t high) {
  constexpr std::string_view kLiked =
      "xabcdefghijklmnopqrstuvwyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:@=+,;!#$%&()~ ";
  for (const char c : kLiked) {
    const auto liked = static_cast<char32_t>(c);
    if (liked >= low && liked <= high) return liked;
  }
  constexpr char32_t kFirstLetter = 0xC0;  // above the control characters
  constexpr char32_t kAfterSurrogates = 0xE000;
  if (low < kFirstLetter && high >= kFirstLetter && low > '~') return kFirstLetter;
  if (low >= 0xD800 && low < kAfterSurrogates && high >= kAfterSurrogates) return kAfterSurrogates;
  return low;
}

}  // namespace

std::uint32_t TextAutomaton::NewState() {
  states_.emplace_back();
  return static_cast<std::uint32_t>(states_.size() - 1);
}

// With `wild` as Glob has it: the same characters, runs and `?`.
void TextAutomaton::AddGlob(std::string_view pattern, bool wild, std::size_t set) {
  std::uint32_t at = NewState();
  starts_.push_back(at);
  const auto add_all_but_slash = [this](std::uint32_t from, std::uint32_t to) {
    states_[from].edges.push_back({0, '/' - 1, to});
    states_[from].edges.push_back({'/' + 1, kLastCharacter, to});
  };
  while (!pattern.empty()) {
    const std::uint32_t next = NewState();
    if (wild && pattern.front() == '*') {
      const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
      pattern.remove_prefix(stars);
      states_[at].free.push_back(next);
      add_all_but_slash(next, next);
      if (stars > 1) states_[next].edges.push_back({'/', '/', next});
    } else {
      const char32_t character = TakeCodePoint(pattern);
      if (wild && character == '?') {
        add_all_but_slash(at, next);
      } else {
        states_[at].edges.push_back({character, character, next});
      }
    }
    at = next;
  }
  states_[at].sets |= 1U << set;
}

bool TextAutomaton::Add(const ConditionTree& leaf, std::size_t set) {
  if (leaf.kind != ConditionTree::Kind::kRegex) {
    AddGlob(leaf.text, leaf.kind == ConditionTree::Kind::kGlob, set);
    return !IsFull();
  }
  const auto piece = RegexReader(*this, leaf.text).Read();
  if (!piece) return false;
  starts_.push_back(piece->first);
  states_[piece->last].sets |= 1U << set;
  return true;
}

// Adds the states that are reached without a character, and sorts.
void TextAutomaton::Close(std::vector<std::uint32_t>& subset, std::vector<char>& seen) const {
  for (const std::uint32_t state : subset) seen[state] = 1;
  for (std::size_t i = 0; i < subset.size(); ++i) {
    for (const std::uint32_t next : states_[subset[i]].free) {
      if (std::exchange(seen[next], 1) == 0) subset.push_back(next);
    }
  }
  for (const std::uint32_t state : subset) seen[state] = 0;
  std::sort(subset.begin(), subset.end());
}

std::optional<std::vector<TextAutomaton::Found>> TextAutomaton::Combinations() const {
  struct Step {
    std::vector<std::uint32_t> subset;
    std::size_t from;
    char32_t by;
  };
  std::vector<Step> steps{{starts_, 0, 0}};
  std::vector<char> seen(states_.size(), 0);
  Close(steps.front().subset, seen);
  const auto key = [](const std::vector<std::uint32_t>& subset) {
    return std::string(reinterpret_cast<const char*>(subset.data()),
                       subset.size() * sizeof(std::uint32_t));
  };
  std::unordered_set<std::string> known{key(steps.front().subset)};
  std::vector<Found> found;
  std::size_t work = 0;

  const auto text_of = [&steps](std::size_t step) {
    std::u32string characters;
    for (; step != 0; step = steps[step].from) characters += steps[step].by;
    std::string text;
    for (auto c = characters.rbegin(); c != characters.rend(); ++c) AppendCodePoint(text, *c);
    return text;
  };
  for (std::size_t at = 0; at < steps.size(); ++at) {
    const std::vector<std::uint32_t> subset = steps[at].subset;
    std::uint32_t sets = 0;
    std::vector<char32_t> borders{0};  // of ranges in which all characters lead to the same states
    for (const std::uint32_t state : subset) {
      sets |= states_[state].sets;
      for (const Edge& edge : states_[state].edges) {
        borders.push_back(edge.low);
        borders.push_back(edge.high + 1);
      }
    }
    if (std::none_of(found.begin(), found.end(),
                     [sets](const Found& each) { return each.sets == sets; })) {
      found.push_back({sets, text_of(at)});
    }
    std::sort(borders.begin(), borders.end());
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    while (!borders.empty() && borders.back() > kLastCodePoint) borders.pop_back();
    for (std::size_t i = 0; i < borders.size(); ++i) {
      const char32_t high = i + 1 < borders.size() ? borders[i + 1] - 1 : kLastCodePoint;
      const char32_t by = Readable(borders[i], high);
      std::vector<std::uint32_t> next;
      for (const std::uint32_t state : subset) {
        for (const Edge& edge : states_[state].edges) {
          if (by >= edge.low && by <= edge.high && std::exchange(seen[edge.to], 1) == 0) {
            next.push_back(edge.to);
          }
        }
      }
      work += subset.size() + 1;
      Close(next, seen);
      if (!known.insert(key(next)).second) continue;
      steps.push_back({std::move(next), at, by});
      if (steps.size() > kMaxSubsets || work > kMaxWork) return std::nullopt;
    }
  }
  return found;
}

}  // namespace jobwarden
