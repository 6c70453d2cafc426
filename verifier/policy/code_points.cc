#include "verifier/policy/code_points.h"

#include <cstddef>

namespace jobwarden {

char32_t TakeCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xC2 ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                                         : 4;
  const auto stray = [&] {
    text.remove_prefix(1);
    return kStrayByte + lead;
  };
  if (size == 0 || lead > 0xF4 || size > text.size()) return stray();
  constexpr unsigned char kMasks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t point = lead & kMasks[size];
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return stray();
    point = point << 6 | (byte(i) & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kLeast[size] || point > kLastCodePoint || (point >= 0xD800 && point <= 0xDFFF)) {
    return stray();
  }
  text.remove_prefix(size);
  return point;
}

void AppendCodePoint(std::string& text, char32_t character) {
  const auto add = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (character >= kStrayByte) return add(character - kStrayByte);
  if (character < 0x80) return add(character);
  if (character < 0x800) {
    add(0xC0 | character >> 6);
  } else {
    if (character < 0x10000) {
      add(0xE0 | character >> 12);
    } else {
      add(0xF0 | character >> 18);
      add(0x80 | (character >> 12 & 0x3F));
    }
    add(0x80 | (character >> 6 & 0x3F));
  }
  add(0x80 | (character & 0x3F));
}

}  // namespace jobwarden
