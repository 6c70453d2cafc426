#ifndef JOBWARDEN_VERIFIER_EXPOSURE_WORD_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_WORD_H_

#include <cstddef>
#include <string_view>

namespace jobwarden {

/// Whether a variable's name may have it.
constexpr bool IsWordCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether what stands in `text` from `begin` to `end` is a whole word: no letter, digit or `_` on
/// either side. (The n of `\nNAME` is no letter.) It looks at no more than two bytes before and
/// one behind.
constexpr bool IsWholeWord(std::string_view text, std::size_t begin, std::size_t end) {
  if (end < text.size() && IsWordCharacter(text[end])) return false;
  return begin == 0 || !IsWordCharacter(text[begin - 1]) || (begin > 1 && text[begin - 2] == '\\');
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_WORD_H_
