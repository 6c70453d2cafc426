#include "verifier/review/excerpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

bool Continues(char c) {
  return (c & 0xC0) == 0x80;
}

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !Continues(c); }));
}

// A tab is one column wide, as the place counts it.
std::string Shown(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '\t', ' ');
  return Visible(spaced, spaced.size());
}

}  // namespace

std::string Excerpt(std::string_view text, Place place) {
  constexpr std::size_t kBefore = 70;
  constexpr std::size_t kAfter = 80;
  for (std::uint32_t line = 1; line < place.line; ++line) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return "";
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);

  std::size_t at = 0;  // of the column, in bytes
  for (std::uint32_t column = 1; column < place.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && Continues(text[at])) ++at;
  }
  std::size_t begin = at > kBefore ? at - kBefore : 0;
  while (begin < at && Continues(text[begin])) ++begin;
  std::size_t end = std::min(text.size(), at + kAfter);
  while (end < text.size() && Continues(text[end])) ++end;
  const std::string before = (begin > 0 ? "…" : "") + Shown(text.substr(begin, at - begin));
  const std::string after = Shown(text.substr(at, end - at)) + (end < text.size() ? "…" : "");
  const std::string number = std::to_string(place.line);
  return fmt::format("  {} | {}{}\n  {:{}} | {:{}}^\n", number, before, after, "", number.size(),
                     "", Characters(before));
}

}  // namespace jobwarden
