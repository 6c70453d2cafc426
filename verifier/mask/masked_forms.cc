#include "verifier/mask/masked_forms.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace jobwarden {
namespace {

constexpr std::string_view kLowerHex = "0123456789abcdef";
constexpr std::string_view kUpperHex = "0123456789ABCDEF";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool IsAlphanumeric(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Every percent-encoding and every JSON string leaves it alone. Most tokens hold nothing else.
bool IsNeverEscaped(char c) {
  return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_';
}

// Each form is written into memory that was reserved for all of it, so that none of it stays behind
// in memory that was too small.
std::string Room(std::size_t bytes) {
  std::string room;
  room.reserve(bytes);
  return room;
}

void AppendHex(std::string& text, char byte, std::string_view digits) {
  const auto value = static_cast<unsigned char>(byte);
  text += digits[value >> 4];
  text += digits[value & 0xF];
}

// The characters that `value` alone decides, when so many bytes stand before it, modulo 3.
std::string Base64(std::string_view value, int before) {
  std::string text = Room(value.size() / 3 * 4 + 4);
  // Of the first byte's bits the highest belong to a character that shares them with a byte before.
  int count = before == 0 ? 0 : 2 + 2 * before;
  std::uint32_t bits = static_cast<unsigned char>(value.front()) & ((1U << count) - 1);
  if (count == 6) text += kBase64[bits];
  count %= 6;
  for (const char byte : value.substr(before == 0 ? 0 : 1)) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) text += kBase64[bits >> (count - 6) & 63];
  }
  return text;
}

std::string UrlAlphabet(const std::string& base64) {
  std::string text = base64;
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string Hex(std::string_view value, std::string_view digits) {
  std::string text = Room(value.size() * 2);
  for (const char byte : value) AppendHex(text, byte, digits);
  return text;
}

struct PercentStyle {
  std::string_view kept;  // besides letters and digits
  std::string_view space;
  std::string_view digits;
};
constexpr PercentStyle kPercentStyles[] = {
    {"-._~", "%20", kUpperHex},       // RFC 3986, curl
    {"-._~", "%20", kLowerHex},       //
    {"-._~/", "%20", kUpperHex},      // Python's quote
    {"-._~!*'()", "%20", kUpperHex},  // encodeURIComponent
    {"-._~", "+", kUpperHex},         // Python's quote_plus, Go's QueryEscape
    {"-._*", "+", kUpperHex},         // HTML forms
};

std::string Percent(std::string_view value, const PercentStyle& style) {
  std::string text = Room(value.size() * 3);
  for (const char c : value) {
    if (IsAlphanumeric(c) || style.kept.find(c) != std::string_view::npos) {
      text += c;
    } else if (c == ' ') {
      text += style.space;
    } else {
      text += '%';
      AppendHex(text, c, style.digits);
    }
  }
  return text;
}

struct JsonStyle {
  std::string_view as_unicode;  // escaped though they need not be, as `\u003c`
  bool slash;                   // `\/`
  bool ascii;                   // what is not ASCII is escaped
};
constexpr JsonStyle kJsonStyles[] = {
    {"", false, false},     // jq, JSON.stringify
    {"", false, true},      // Python
    {"", true, true},       // PHP
    {"<>&", false, false},  // Go
};

void AppendUnicode(std::string& text, std::uint32_t unit) {
  text += "\\u";
  AppendHex(text, static_cast<char>(unit >> 8), kLowerHex);
  AppendHex(text, static_cast<char>(unit & 0xFF), kLowerHex);
}

// The size of the UTF-8 sequence at the beginning of `text`, which is not empty, and what it
// stands for; a byte that begins none stands for itself.
std::pair<std::size_t, std::uint32_t> NextCharacter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size == 1 || text.size() < size) return {1, lead};
  std::uint32_t character = lead & (0xFFU >> (size + 1));
  for (const char c : text.substr(1, size - 1)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) return {1, lead};
    character = character << 6 | (static_cast<unsigned char>(c) & 0x3F);
  }
  return {size, character};
}

std::string Json(std::string_view value, const JsonStyle& style) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t/";
  constexpr std::string_view kShortNames = "\"\\bfnrt/";
  std::string text = Room(value.size() * 6);
  while (!value.empty()) {
    const char c = value.front();
    const auto byte = static_cast<unsigned char>(c);
    const std::size_t place = kShort.find(c);
    std::size_t size = 1;
    if (place != std::string_view::npos && (c != '/' || style.slash)) {
      text += '\\';
      text += kShortNames[place];
    } else if (byte < 0x20 || style.as_unicode.find(c) != std::string_view::npos) {
      AppendUnicode(text, byte);
    } else if (byte < 0x80 || !style.ascii) {
      text += c;
    } else {
      const auto [bytes, character] = NextCharacter(value);
      size = bytes;
      if (size == 1) {
        text += c;
      } else if (character < 0x10000) {
        AppendUnicode(text, character);
      } else {
        AppendUnicode(text, 0xD800 + ((character - 0x10000) >> 10));
        AppendUnicode(text, 0xDC00 + ((character - 0x10000) & 0x3FF));
      }
    }
    value.remove_prefix(size);
  }
  return text;
}

}  // namespace

std::vector<Secret> MaskedForms(std::string_view value) {
  std::vector<Secret> forms;
  if (value.size() < kMinMaskedBytes) return forms;
  forms.emplace_back(std::string(value));
  if (value.size() > kMaxEncodedBytes) return forms;
  const auto add = [&forms](std::string form) {
    for (const Secret& other : forms) {
      if (other.view() == form) return Wipe(form);
    }
    forms.emplace_back(std::move(form));
  };
  for (const int before : {0, 1, 2}) {
    std::string form = Base64(value, before);
    add(UrlAlphabet(form));
    add(std::move(form));
  }
  add(Hex(value, kLowerHex));
  add(Hex(value, kUpperHex));
  if (std::all_of(value.begin(), value.end(), IsNeverEscaped)) return forms;
  for (const PercentStyle& style : kPercentStyles) add(Percent(value, style));
  for (const JsonStyle& style : kJsonStyles) add(Json(value, style));
  return forms;
}

}  // namespace jobwarden
