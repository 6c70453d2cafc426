#ifndef JOBWARDEN_VERIFIER_POLICY_CODE_POINTS_H_
#define JOBWARDEN_VERIFIER_POLICY_CODE_POINTS_H_

#include <string>
#include <string_view>

namespace jobwarden {

inline constexpr char32_t kLastCodePoint = 0x10FFFF;
/// A byte that is not part of UTF-8 is this number and its own value.
inline constexpr char32_t kStrayByte = 0x110000;
inline constexpr char32_t kLastCharacter = kStrayByte + 0xFF;

/// Takes one character of UTF-8 from the front. REQUIRES: not empty.
char32_t TakeCodePoint(std::string_view& text);

void AppendCodePoint(std::string& text, char32_t character);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_CODE_POINTS_H_
