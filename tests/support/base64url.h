#ifndef JOBWARDEN_TESTS_SUPPORT_BASE64URL_H_
#define JOBWARDEN_TESTS_SUPPORT_BASE64URL_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace jobwarden::testing {

/// Base64url without padding (RFC 7515 §2), of any bytes. The programs only decode it.
inline std::string Base64Url(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) text += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  return text;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_BASE64URL_H_
