#ifndef JOBWARDEN_VERIFIER_EXPOSURE_WORD_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_WORD_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace jobwarden {

/// Whether a variable's name may have it.
constexpr bool IsWordCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether it is a piece of a character beyond ASCII: nearly always of a letter.
constexpr bool IsForeign(char c) {
  return static_cast<unsigned char>(c) > 0x7F;
}

/// Whether a word looks like the name of a variable rather than of a command.
constexpr bool LooksLikeVariable(std::string_view word) {
  return word.find('_') != std::string_view::npos ||
         std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Whether the bytes of `text` from `begin` to `end` are a whole word: no letter, digit or `_` is
/// on either side. (The n of `\nNAME` is not a letter.) Bytes over 0x7F are letters beside a
/// command, because `glab` is a piece of a Latvian word, but not beside a variable: a shell ends
/// `$NAME` before them. Looks at no more than two bytes before and one after.
constexpr bool IsWholeWord(std::string_view text, std::size_t begin, std::size_t end) {
  const bool is_variable = LooksLikeVariable(text.substr(begin, end - begin));
  const auto goes_on = [&](char c) { return IsWordCharacter(c) || (!is_variable && IsForeign(c)); };
  if (end < text.size() && goes_on(text[end])) return false;
  return begin == 0 || !goes_on(text[begin - 1]) || (begin > 1 && text[begin - 2] == '\\');
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_WORD_H_
