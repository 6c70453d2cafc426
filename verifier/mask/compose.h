#ifndef JOBWARDEN_VERIFIER_MASK_COMPOSE_H_
#define JOBWARDEN_VERIFIER_MASK_COMPOSE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/secret.h"
#include "verifier/mask/characters.h"

namespace jobwarden {

/// Puts a text together from the characters and strings that `compose` passes to the object that
/// it is given.
///
/// `compose` is called twice, the first time only to count: so the text is written into memory
/// that has room for all of it, and no part of a secret stays in memory that was too small.
template <typename F>
Secret Compose(const F& compose) {
  struct Counter {
    std::size_t size = 0;
    void operator()(char) { ++size; }
    void operator()(std::string_view piece) { size += piece.size(); }
  };
  struct Writer {
    char* at;
    void operator()(char c) { *at++ = c; }
    void operator()(std::string_view piece) { at += piece.copy(at, piece.size()); }
  };
  Counter counter;
  compose(counter);
  std::string text(counter.size, '\0');
  Writer writer{text.data()};
  compose(writer);
  return Secret(std::move(text));
}

// What the spellings of a value have in common. `write` is the object that Compose gives.

inline constexpr std::string_view kLowerHex = "0123456789abcdef";
inline constexpr std::string_view kUpperHex = "0123456789ABCDEF";

/// So many digits of a number in base 16.
void WriteHex(auto& write, std::uint32_t number, int count, std::string_view digits) {
  while (count-- > 0) write(digits[number >> (4 * count) & 0xF]);
}

/// A character of a text: how many bytes of UTF-8 it has, and its number in Unicode.
struct Character {
  std::size_t size = 0;
  std::uint32_t number = 0;
};

/// The first character of `text`. A byte that begins no UTF-8 sequence is a character of its own.
/// REQUIRES: a text that is not empty.
constexpr Character FirstCharacter(std::string_view text) {
  const unsigned char lead = Byte(text.front());
  const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size == 1 || text.size() < size) return {1, lead};
  std::uint32_t number = lead & (0xFFU >> (size + 1));
  for (const char c : text.substr(1, size - 1)) {
    if ((Byte(c) & 0xC0) != 0x80) return {1, lead};
    number = number << 6 | (Byte(c) & 0x3F);
  }
  return {size, number};
}

/// A text, cut where a spelling may change it: into runs of letters and digits, which all spellings
/// keep as they are, and the characters between them. A long key is looked through once, and not
/// for each of its hundred spellings. Views of the text, which has to outlive it.
class CutText {
 public:
  explicit CutText(std::string_view text) : text_(text) {
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      while (end < text.size() && IsAlphanumeric(text[end])) ++end;
      const Character other = end < text.size() ? FirstCharacter(text.substr(end)) : Character{};
      pieces_.push_back({text.substr(at, end - at), text.substr(end, other.size), other.number});
      at = end + other.size;
    }
  }

  std::string_view text() const { return text_; }

  /// The text, in which `spell(write, bytes, number)` writes each character that is neither a
  /// letter nor a digit.
  template <typename F>
  Secret Spell(const F& spell) const {
    return Compose([&](auto& write) {
      for (const Piece& piece : pieces_) {
        write(piece.run);
        if (!piece.other.empty()) spell(write, piece.other, piece.number);
      }
    });
  }
  /// The same for spellings that know single bytes only: `spell(write, byte)`.
  template <typename F>
  Secret SpellBytes(const F& spell) const {
    return Spell([&](auto& write, std::string_view bytes, std::uint32_t) {
      for (const char c : bytes) spell(write, c);
    });
  }

 private:
  struct Piece {
    std::string_view run;
    std::string_view other;  // the character after it; empty at the end of the text
    std::uint32_t number;
  };
  std::string_view text_;
  std::vector<Piece> pieces_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_COMPOSE_H_
