#ifndef JOBWARDEN_VERIFIER_BASE_ENCODING_H_
#define JOBWARDEN_VERIFIER_BASE_ENCODING_H_

#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/secret.h"

namespace jobwarden {

/// Whether a character is one of the 64 of base64url.
constexpr bool IsBase64Url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/// Decodes canonical base64url without padding (RFC 4648 §5, RFC 7515 §2). Returns nothing for a
/// character outside the alphabet (`=`, `+`, `/` and white space included), for a length that no
/// encoding has, and for bits after the last byte that are not zero. The empty text is zero bytes.
std::optional<std::string> DecodeBase64Url(std::string_view text);

/// Decodes canonical base64 with padding (RFC 4648 §4); as strict as DecodeBase64Url.
std::optional<std::string> DecodeBase64(std::string_view text);

/// Base64 with padding, on one line.
std::string EncodeBase64(std::string_view bytes);

/// The text with `%XX` as the byte that it means (RFC 3986 §2.1). A `%` before anything else stays.
Secret PercentDecoded(std::string_view text);

/// Lower-case hexadecimal.
std::string EncodeHex(std::string_view bytes);

/// SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_ENCODING_H_
