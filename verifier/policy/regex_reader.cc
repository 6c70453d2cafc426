#include "verifier/policy/regex_reader.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>

#include "verifier/base/text.h"
#include "verifier/policy/code_points.h"

namespace jobwarden {
namespace {

using Ranges = std::vector<std::pair<char32_t, char32_t>>;

// All characters of UTF-8 that are in none of the ranges.
Ranges Complement(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end());
  Ranges others;
  char32_t next = 0;
  for (const auto& [low, high] : ranges) {
    if (low > next) others.emplace_back(next, low - 1);
    next = std::max<char32_t>(next, high + 1);
  }
  if (next <= kLastCodePoint) others.emplace_back(next, kLastCodePoint);
  return others;
}

// The class of a letter after a backslash: `d`, `w`, `s` and their opposites.
std::optional<Ranges> NamedClass(char32_t letter) {
  switch (letter) {
    case 'd':
      return Ranges{{'0', '9'}};
    case 'w':
      return Ranges{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    case 's':
      return Ranges{{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
    case 'D':
    case 'W':
    case 'S':
      return Complement(*NamedClass(letter + ('a' - 'A')));
    case 't':
      return Ranges{{'\t', '\t'}};
    case 'n':
      return Ranges{{'\n', '\n'}};
    case 'r':
      return Ranges{{'\r', '\r'}};
    default:
      break;
  }
  const bool word = letter >= 0x80 || (letter >= '0' && letter <= '9') ||
                    (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
                    letter == '_';
  if (word) return std::nullopt;
  return Ranges{{letter, letter}};
}

}  // namespace

RegexReader::RegexReader(TextAutomaton& automaton, std::string_view pattern)
    : automaton_(automaton), rest_(pattern) {}

bool RegexReader::Take(std::string_view text) {
  return TakePrefix(rest_, text);
}

void RegexReader::Join(std::uint32_t from, std::uint32_t to) {
  automaton_.states_[from].free.push_back(to);
}

RegexReader::Piece RegexReader::One(const Ranges& ranges) {
  const Piece piece{automaton_.NewState(), automaton_.NewState()};
  for (const auto& [low, high] : ranges) {
    automaton_.states_[piece.first].edges.push_back({low, high, piece.last});
  }
  return piece;
}

std::optional<RegexReader::Piece> RegexReader::Read() {
  const auto piece = Alternatives();
  if (!piece || !rest_.empty() || automaton_.IsFull()) return std::nullopt;
  return piece;
}

std::optional<RegexReader::Piece> RegexReader::Alternatives() {
  const Piece all{automaton_.NewState(), automaton_.NewState()};
  do {
    const auto one = Sequence();
    if (!one) return std::nullopt;
    Join(all.first, one->first);
    Join(one->last, all.last);
  } while (Take("|"));
  return all;
}

std::optional<RegexReader::Piece> RegexReader::Sequence() {
  const std::uint32_t first = automaton_.NewState();
  Piece all{first, first};
  // The whole text must match, so an anchor at an end of an alternative says nothing.
  if (depth_ == 0) Take("^");
  while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
    const auto next = Repeated();
    if (!next || automaton_.IsFull()) return std::nullopt;
    Join(all.last, next->first);
    all.last = next->last;
    if (depth_ == 0 && (rest_ == "$" || rest_.starts_with("$|"))) Take("$");
  }
  return all;
}

// Reads the same atom again for each repetition.
std::optional<RegexReader::Piece> RegexReader::Copies(std::string_view atom, unsigned least,
                                                      std::optional<unsigned> most) {
  const std::string_view after = std::exchange(rest_, atom);
  const Piece all{automaton_.NewState(), automaton_.NewState()};
  std::uint32_t last = all.first;
  for (unsigned i = 0; i < std::max(most.value_or(least), least + (most ? 0 : 1)); ++i) {
    rest_ = atom;
    const auto copy = Atom();
    if (!copy || automaton_.IsFull()) return std::nullopt;
    if (i >= least) Join(last, all.last);
    Join(last, copy->first);
    last = copy->last;
    if (!most && i == least) Join(copy->last, copy->first);
  }
  Join(last, all.last);
  rest_ = after;
  return all;
}

std::optional<RegexReader::Piece> RegexReader::Repeated() {
  const std::string_view begin = rest_;
  const auto piece = Atom();
  if (!piece) return std::nullopt;
  const std::string_view atom = begin.substr(0, begin.size() - rest_.size());
  unsigned least = 1;
  std::optional<unsigned> most = 1;
  if (Take("*")) {
    least = 0;
    most.reset();
  } else if (Take("+")) {
    most.reset();
  } else if (Take("?")) {
    least = 0;
  } else if (rest_.starts_with('{')) {
    const std::size_t end = rest_.find('}');
    if (end == std::string_view::npos) return std::nullopt;
    const char* const stop = rest_.data() + end;
    const auto low = std::from_chars(rest_.data() + 1, stop, least);
    if (low.ec != std::errc()) return std::nullopt;
    most = least;
    if (low.ptr != stop) {
      unsigned number = 0;
      const auto high = std::from_chars(low.ptr + 1, stop, number);
      if (*low.ptr != ',' || high.ptr != stop) return std::nullopt;
      most = low.ptr + 1 == stop ? std::nullopt : std::optional(number);
    }
    rest_.remove_prefix(end + 1);
  } else {
    return piece;
  }
  Take("?");  // how much is taken first changes nothing for a whole text
  return Copies(atom, least, most);
}

std::optional<RegexReader::Piece> RegexReader::Atom() {
  if (Take("(")) {
    if (rest_.starts_with('?') && !Take("?:")) return std::nullopt;
    ++depth_;
    const auto piece = Alternatives();
    --depth_;
    return piece && Take(")") ? piece : std::nullopt;
  }
  if (rest_.starts_with('[')) {
    const auto ranges = Class();
    return ranges ? std::optional(One(*ranges)) : std::nullopt;
  }
  if (Take("\\")) {
    const auto ranges = Escape();
    return ranges ? std::optional(One(*ranges)) : std::nullopt;
  }
  if (Take(".")) return One({{0, '\n' - 1}, {'\n' + 1, kLastCodePoint}});
  if (rest_.empty() || std::string_view("^$*+?").find(rest_.front()) != std::string_view::npos) {
    return std::nullopt;
  }
  const char32_t character = TakeCodePoint(rest_);
  return One({{character, character}});
}

std::optional<RegexReader::Ranges> RegexReader::Escape() {
  if (rest_.empty()) return std::nullopt;
  return NamedClass(TakeCodePoint(rest_));
}

std::optional<RegexReader::Ranges> RegexReader::Class() {
  Take("[");
  const bool negated = Take("^");
  Ranges all;
  for (bool first = true; first || !rest_.starts_with(']'); first = false) {
    if (rest_.empty() || rest_.starts_with("[:")) return std::nullopt;
    Ranges low;
    if (Take("\\")) {
      const auto escape = Escape();
      if (!escape) return std::nullopt;
      low = *escape;
    } else {
      const char32_t character = TakeCodePoint(rest_);
      low = {{character, character}};
    }
    const bool is_range = rest_.size() > 1 && rest_.front() == '-' && rest_[1] != ']';
    if (is_range) {
      Take("-");
      if (rest_.starts_with('\\') || low.size() != 1 || low[0].first != low[0].second) {
        return std::nullopt;
      }
      low[0].second = TakeCodePoint(rest_);
    }
    all.insert(all.end(), low.begin(), low.end());
  }
  Take("]");
  return negated ? Complement(std::move(all)) : all;
}

}  // namespace jobwarden
