#include "verifier/admission/decision_id.h"

#include <cstddef>
#include <cstdint>

#include "verifier/os/random.h"

namespace jobwarden {
namespace {

// Crockford's base32, in lower case.
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kLength = 16;
constexpr std::size_t kBitsPerCharacter = 5;

char Meant(char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (c == 'o') return '0';
  return c == 'i' || c == 'l' ? '1' : c;
}

}  // namespace

std::string NewDecisionId() {
  std::string id;
  std::uint32_t bits = 0;
  std::size_t count = 0;
  for (const char byte : RandomBytes(kLength * kBitsPerCharacter / 8)) {
    bits = bits << 8U | static_cast<unsigned char>(byte);
    for (count += 8; count >= kBitsPerCharacter; count -= kBitsPerCharacter) {
      id += kAlphabet[bits >> (count - kBitsPerCharacter) & 31U];
    }
  }
  return id;
}

std::optional<std::string> ReadDecisionId(std::string_view text) {
  std::string id;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    id += Meant(c);
    if (kAlphabet.find(id.back()) == kAlphabet.npos) return std::nullopt;
  }
  return id.size() == kLength ? std::optional(id) : std::nullopt;
}

}  // namespace jobwarden
