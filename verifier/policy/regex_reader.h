#ifndef JOBWARDEN_VERIFIER_POLICY_REGEX_READER_H_
#define JOBWARDEN_VERIFIER_POLICY_REGEX_READER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/policy/text_automaton.h"

namespace jobwarden {

/// Builds the states of a regular expression, which must match a whole text, as RE2 reads it. It
/// knows characters, `.`, classes, groups, alternatives and repetitions.
class RegexReader {
 public:
  /// REQUIRES: RE2 accepts the pattern.
  RegexReader(TextAutomaton& automaton, std::string_view pattern);

  /// The first and the last state; nothing when the pattern has something else in it.
  struct Piece {
    std::uint32_t first;
    std::uint32_t last;
  };
  std::optional<Piece> Read();

 private:
  using Range = std::pair<char32_t, char32_t>;
  using Ranges = std::vector<Range>;

  std::optional<Piece> Alternatives();
  std::optional<Piece> Sequence();
  std::optional<Piece> Repeated();
  std::optional<Piece> Atom();
  std::optional<Piece> Copies(std::string_view atom, unsigned least, std::optional<unsigned> most);
  std::optional<Ranges> Class();
  std::optional<Ranges> Escape();
  Piece One(const Ranges& ranges);
  void Join(std::uint32_t from, std::uint32_t to);
  bool Take(std::string_view text);

  TextAutomaton& automaton_;
  std::string_view rest_;
  int depth_ = 0;  // of groups
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_REGEX_READER_H_
