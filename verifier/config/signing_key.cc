#include "verifier/config/signing_key.h"

#include <fmt/format.h>

#include "verifier/base/encoding.h"

namespace jobwarden {

std::optional<SigningKey> ParseSigningKey(std::string_view text) {
  constexpr std::size_t kAlgorithmBytes = 2, kIdBytes = 8, kKeyBytes = 32;
  const auto bytes = DecodeBase64(text);
  if (!bytes || bytes->size() != kAlgorithmBytes + kIdBytes + kKeyBytes ||
      !bytes->starts_with("Ed")) {
    return std::nullopt;
  }
  return SigningKey{std::string(text), bytes->substr(kAlgorithmBytes, kIdBytes),
                    bytes->substr(kAlgorithmBytes + kIdBytes)};
}

std::string KeyIdText(std::string_view id) {
  std::string text;
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte) {
    text += fmt::format("{:02X}", static_cast<unsigned char>(*byte));
  }
  return text;
}

}  // namespace jobwarden
