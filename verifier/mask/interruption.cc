#include "verifier/mask/interruption.h"

#include <algorithm>

namespace jobwarden {
namespace {

using Kind = Skipped::Kind;

bool IsBetween(char c, char first, char last) {
  return c >= first && c <= last;
}

// The first place from `at` on whose character is not in the range.
std::size_t SkipRange(std::string_view text, std::size_t at, char first, char last) {
  while (at < text.size() && IsBetween(text[at], first, last)) ++at;
  return at;
}

// A string that a terminal takes for something else than text, such as a title or the target of a
// link, up to BEL or ESC `\`.
Skipped SkipOperatingSystemCommand(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (text[at] == '\a') return {Kind::kPast, at + 1};
    if (IsLineBreak(text[at])) return {Kind::kNone};
    if (text[at] != kEscape) continue;
    if (at + 1 == text.size()) break;
    if (text[at + 1] != '\\') return {Kind::kNone};
    return {Kind::kPast, at + 2};
  }
  return {Kind::kOpen};
}

// One control sequence. REQUIRES: text[at] is ESC.
Skipped SkipSequence(std::string_view text, std::size_t at) {
  if (++at == text.size()) return {Kind::kOpen};
  char last = '~';
  char first = '0';
  if (text[at] == ']') return SkipOperatingSystemCommand(text, at + 1);
  if (text[at] == '[') {
    at = SkipRange(text, at + 1, '0', '?');
    first = '@';
  }
  at = SkipRange(text, at, ' ', '/');
  if (at == text.size()) return {Kind::kOpen};
  if (!IsBetween(text[at], first, last)) return {Kind::kNone};
  return {Kind::kPast, at + 1};
}

}  // namespace

Skipped SkipColours(std::string_view text, std::size_t at) {
  const std::size_t limit = at + kMaxInterruption;
  const std::string_view window = text.substr(0, limit);
  while (at < window.size() && window[at] == kEscape) {
    const Skipped sequence = SkipSequence(window, at);
    if (sequence.kind == Kind::kNone) return {Kind::kPast, at};
    if (sequence.kind == Kind::kOpen) {
      return {window.size() == limit ? Kind::kPast : Kind::kOpen, at};
    }
    at = sequence.at;
  }
  return {at == text.size() && at < limit ? Kind::kOpen : Kind::kPast, at};
}

Skipped SkipLineEnd(std::string_view text, std::size_t at) {
  const std::size_t begin = at;
  const std::size_t limit = begin + kMaxInterruption;
  bool after_border = false;
  while (at < limit) {
    if (at == text.size()) return {Kind::kOpen};
    const char c = text[at];
    if (c == '\n') return {Kind::kPast, at + 1};
    if (c == '\r') {
      const std::size_t next = SkipRange(text, at, '\r', '\r');
      if (next == text.size()) return {Kind::kOpen};
      if (text[next] == '\n') return {Kind::kPast, next + 1};
      return {next == at + 1 ? Kind::kPast : Kind::kNone, next};
    }
    if (c == kEscape) {
      const Skipped colours = SkipColours(text, at);
      if (colours.kind == Kind::kOpen) return colours;
      if (colours.at > at) {
        at = colours.at;
        continue;
      }
    }
    if ((c == '+' || c == '.') && at > begin) {
      if (at + 1 == text.size()) return {Kind::kOpen};
      if (IsSolid(text[at + 1]) && !after_border) return {Kind::kNone};
    } else if (IsSolid(c) && !after_border) {
      return {Kind::kNone};
    }
    after_border = after_border || c == '|' || static_cast<unsigned char>(c) >= 0x80;
    ++at;
  }
  return {Kind::kNone};
}

Skipped SkipMargin(std::string_view text, std::size_t at) {
  const std::size_t limit = at + kMaxInterruption;
  while (at < limit) {
    if (at == text.size()) return {Kind::kOpen};
    if (IsLineBreak(text[at])) return {Kind::kNone};
    if (IsSolid(text[at])) return {Kind::kPast, at};
    const Skipped colours = SkipColours(text, at);
    if (colours.kind == Kind::kOpen) return colours;
    at = std::max(at + 1, colours.at);
  }
  return {Kind::kNone};
}

}  // namespace jobwarden
