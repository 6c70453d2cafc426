#ifndef JOBWARDEN_VERIFIER_MASK_CHARACTERS_H_
#define JOBWARDEN_VERIFIER_MASK_CHARACTERS_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "verifier/base/encoding.h"

namespace jobwarden {

/// Which characters tokens and encoded values consist of: a table, because whole logs are asked
/// about.
enum class CharacterKind : unsigned char {
  kOther,
  kDot,
  kBase64Only,
  kBase64UrlOnly,
  kAlphanumeric
};
inline constexpr auto kCharacterKinds = [] {
  std::array<CharacterKind, 256> kinds{};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    if (IsBase64Url(static_cast<char>(c))) kinds[c] = CharacterKind::kAlphanumeric;
  }
  kinds['-'] = kinds['_'] = CharacterKind::kBase64UrlOnly;
  kinds['+'] = kinds['/'] = CharacterKind::kBase64Only;
  kinds['.'] = CharacterKind::kDot;
  return kinds;
}();

constexpr CharacterKind KindOf(char c) {
  return kCharacterKinds[static_cast<unsigned char>(c)];
}

/// Whether a character is one of base64 or base64url.
constexpr bool IsBase64(char c) {
  return KindOf(c) >= CharacterKind::kBase64Only;
}

/// Whether a character is one of base64, or the dot of a token. Two of them with nothing between
/// belong to the same word.
constexpr bool IsSolid(char c) {
  return KindOf(c) != CharacterKind::kOther;
}

/// The first place in the text from `at` on whose character is not one of base64url.
constexpr std::size_t SkipBase64Url(std::string_view text, std::size_t at) {
  while (at < text.size() && KindOf(text[at]) >= CharacterKind::kBase64UrlOnly) ++at;
  return at;
}

constexpr bool IsAlphanumeric(char c) {
  return KindOf(c) == CharacterKind::kAlphanumeric;
}

constexpr bool IsOneOf(char c, std::string_view set) {
  for (const char other : set) {
    if (c == other) return true;
  }
  return false;
}

constexpr unsigned char Byte(char c) {
  return static_cast<unsigned char>(c);
}

constexpr bool IsAscii(char c) {
  return Byte(c) < 0x80;
}

constexpr bool IsControl(char c) {
  return Byte(c) < 0x20 || c == 0x7F;
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_CHARACTERS_H_
