// SHA256() sets up all of libcrypto, which costs a millisecond of each short call. The functions
// below it need no set-up, and are deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "verifier/base/encoding.h"

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace jobwarden {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint32_t kInvalid = 0xFF000000;

constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (auto& entry : table) entry = kInvalid;
  for (std::uint32_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = i;
  }
  return table;
}
constexpr auto kTable = MakeTable();

// The same for each character of a group of four, where its bits are in the group's 24.
constexpr std::array<std::array<std::uint32_t, 256>, 4> MakeGroupTables() {
  std::array<std::array<std::uint32_t, 256>, 4> tables{};
  for (std::uint32_t place = 0; place < 4; ++place) {
    for (std::size_t i = 0; i < kTable.size(); ++i) {
      tables[place][i] = kTable[i] == kInvalid ? kInvalid : kTable[i] << (18 - 6 * place);
    }
  }
  return tables;
}
constexpr auto kGroupTables = MakeGroupTables();

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::uint32_t Sextet(char c) {
  return kTable[static_cast<unsigned char>(c)];
}

}  // namespace

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  const std::size_t tail = text.size() % 4;
  if (tail == 1) return std::nullopt;
  std::string bytes(text.size() / 4 * 3 + (tail == 0 ? 0 : tail - 1), '\0');
  char* out = bytes.data();
  const char* in = text.data();
  std::uint32_t seen = 0;
  for (std::size_t group = text.size() / 4; group > 0; --group, in += 4) {
    const std::uint32_t bits = kGroupTables[0][static_cast<unsigned char>(in[0])] |
                               kGroupTables[1][static_cast<unsigned char>(in[1])] |
                               kGroupTables[2][static_cast<unsigned char>(in[2])] |
                               kGroupTables[3][static_cast<unsigned char>(in[3])];
    seen |= bits;
    *out++ = static_cast<char>(bits >> 16);
    *out++ = static_cast<char>(bits >> 8);
    *out++ = static_cast<char>(bits);
  }
  if (tail >= 2) {
    const std::uint32_t a = Sextet(in[0]), b = Sextet(in[1]);
    const std::uint32_t c = tail == 3 ? Sextet(in[2]) : 0;
    seen |= a | b | c;
    *out++ = static_cast<char>(a << 2 | b >> 4);
    if (tail == 3) *out++ = static_cast<char>(b << 4 | c >> 2);
    const std::uint32_t stray = tail == 3 ? c & 3 : b & 15;
    if (stray != 0) return std::nullopt;
  }
  if ((seen & kInvalid) != 0) return std::nullopt;
  return bytes;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  std::string url(text);
  for (char& c : url) {
    if (c == '-' || c == '_') return std::nullopt;
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return DecodeBase64Url(url);
}

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const char c = kAlphabet[bits >> (18 - 6 * i) & 63];
      const char plain = c == '-' ? '+' : c == '_' ? '/' : c;
      text += i <= group.size() ? plain : '=';
    }
  }
  return text;
}

Secret PercentDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = at + 2 < text.size() ? HexDigit(text[at + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[at + 2]) : -1;
    const bool encoded = text[at] == '%' && low >= 0;
    decoded += encoded ? static_cast<char>(high * 16 + low) : text[at];
    if (encoded) at += 2;
  }
  return Secret(std::move(decoded));
}

std::string EncodeHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return EncodeHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace jobwarden
