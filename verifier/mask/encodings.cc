#include "verifier/mask/encodings.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "verifier/mask/characters.h"
#include "verifier/mask/compose.h"

namespace jobwarden {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
// How many bits of the value's first byte share a character with the byte before the value, where
// as many bytes as the index, modulo 3, are before it.
constexpr int kSharedBits[] = {0, 4, 2};
// The columns of a line that coreutils and OpenSSL write.
constexpr std::size_t kLineColumns[] = {76, 64};

// The characters that `value` alone decides: four at once where four bytes are left, because this
// is most of what a stage pays for masking before it starts.
Secret Base64(std::string_view value, int shared, std::string_view alphabet) {
  std::string text((8 * value.size() - static_cast<std::size_t>(shared)) / 6, '\0');
  const char* const letters = alphabet.data();
  char* to = text.data();
  char* const end = to + text.size();
  for (; value.size() >= 4 && end - to >= 4; value.remove_prefix(3), to += 4) {
    std::uint32_t bits = 0;
    for (const char byte : value.substr(0, 4)) bits = bits << 8 | Byte(byte);
    bits <<= shared;
    to[0] = letters[bits >> 26];
    to[1] = letters[bits >> 20 & 63];
    to[2] = letters[bits >> 14 & 63];
    to[3] = letters[bits >> 8 & 63];
  }
  for (std::size_t bit = static_cast<std::size_t>(shared); to < end; bit += 6) {
    const unsigned next = bit / 8 + 1 < value.size() ? Byte(value[bit / 8 + 1]) : 0;
    *to++ = letters[(Byte(value[bit / 8]) * 256U + next) >> (10 - bit % 8) & 63];
  }
  return Secret(std::move(text));
}

Secret InLines(std::string_view text, std::size_t columns) {
  return Compose([=](auto& write) {
    for (std::size_t at = 0; at < text.size(); at += columns) {
      if (at > 0) write('\n');
      write(text.substr(at, columns));
    }
  });
}

Secret Hex(std::string_view value, std::string_view digits) {
  std::string text(2 * value.size(), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = digits[Byte(value[i / 2]) >> (i % 2 == 0 ? 4 : 0) & 0xF];
  }
  return Secret(std::move(text));
}

bool IsOfBase64Only(char c) {
  return KindOf(c) == CharacterKind::kBase64Only;
}

// Which alphabet is used the second time makes no difference: the two characters in which they
// differ never come out of characters of base64.
void AddTwice(const Secret& once, FormSet& forms) {
  for (const int shared : kSharedBits) forms.Add(Base64(once.view(), shared, kBase64));
}

}  // namespace

void AddEncodings(std::string_view value, FormSet& forms) {
  for (const int shared : kSharedBits) {
    Secret text = Base64(value, shared, kBase64);
    AddTwice(text, forms);
    if (std::any_of(text.view().begin(), text.view().end(), IsOfBase64Only)) {
      Secret url = Base64(value, shared, kBase64Url);
      AddTwice(url, forms);
      forms.Add(std::move(url));
    }
    for (const std::size_t columns : kLineColumns) {
      if (shared != 0 || text.size() <= columns) continue;
      forms.Add(Base64(InLines(text.view(), columns).view(), 0, kBase64));
    }
    forms.Add(std::move(text));
  }
  forms.Add(Hex(value, kLowerHex));
  forms.Add(Hex(value, kUpperHex));
}

}  // namespace jobwarden
