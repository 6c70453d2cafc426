#include "verifier/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "verifier/base/encoding.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxCharacters = 200;
constexpr char32_t kInvalid = 0xFFFFFFFF;

// Decodes the code point at `at` and moves past it. If it is invalid, moves past one byte.
char32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return text[at++] & 0x7F;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  const bool lead_ok = lead >= 0xC2 && lead <= 0xF4;
  if (!lead_ok || at + static_cast<std::size_t>(more) >= text.size()) {
    ++at;
    return kInvalid;
  }
  char32_t point = lead & (0x3F >> more);
  for (int i = 1; i <= more; ++i) {
    const unsigned char next = byte(at + static_cast<std::size_t>(i));
    if ((next & 0xC0) != 0x80) {
      ++at;
      return kInvalid;
    }
    point = point << 6 | (next & 0x3F);
  }
  constexpr std::array<char32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < kLeast[static_cast<std::size_t>(more)] || point > 0x10FFFF || surrogate) {
    ++at;
    return kInvalid;
  }
  at += 1 + static_cast<std::size_t>(more);
  return point;
}

// Characters that a terminal or a log page would not show as themselves.
bool Hidden(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0xAD ||
         (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF;
}

// The length of a text that looks like a JWT, or like the beginning of one, at the start of `text`.
std::size_t JwtLength(std::string_view text) {
  constexpr std::size_t kShortest = 12;  // an encoded `{"alg":…` is longer; `eyJab` is a word
  if (!text.starts_with("eyJ")) return 0;
  std::size_t end = 0;
  while (end < text.size() && (IsBase64Url(text[end]) || text[end] == '.')) ++end;
  return end >= kShortest ? end : 0;
}

// Appends at most `most` characters of the text.
void AppendVisible(std::string& out, std::string_view text, std::size_t most, bool in_quotes) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size(); ++count) {
    if (count == most) {
      out += "…";
      break;
    }
    if (const std::size_t jwt = JwtLength(text.substr(at)); jwt > 0) {
      out += "[JWT]";
      at += jwt;
      continue;
    }
    const std::size_t begin = at;
    const char32_t point = NextCodePoint(text, at);
    if (point == kInvalid) {
      out += "\\ufffd";
    } else if (in_quotes && (point == '"' || point == '\\')) {
      out += {'\\', static_cast<char>(point)};
    } else if (point == '\n') {
      out += "\\n";
    } else if (point == '\t') {
      out += "\\t";
    } else if (Hidden(point) || (point == '[' && out.ends_with("##"))) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point));
    } else {
      out += text.substr(begin, at - begin);
    }
  }
}

}  // namespace

std::string Quote(std::string_view text) {
  std::string out = "\"";
  AppendVisible(out, text, kMaxCharacters, true);
  return out + '"';
}

std::string Visible(std::string_view text, std::size_t most) {
  std::string out;
  AppendVisible(out, text, most, false);
  return out;
}

std::string LibraryWords(std::string_view words) {
  std::string text = Visible(words);
  const auto is_capital = [&text](std::size_t at) {
    return at < text.size() && text[at] >= 'A' && text[at] <= 'Z';
  };
  // A word of capitals is a name.
  if (is_capital(0) && !is_capital(1)) text.front() = static_cast<char>(text.front() - 'A' + 'a');
  return text;
}

std::string QuoteAll(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  quoted.reserve(texts.size());
  for (const auto& text : texts) quoted.push_back(Quote(text));
  return Join(quoted, ", ");
}

std::string QuoteName(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return IsBase64Url(c) && c != '-';
  });
  return plain && name.size() <= kLongest ? std::string(name) : Quote(name);
}

std::string Join(const std::vector<std::string>& texts, std::string_view between) {
  return fmt::format("{}", fmt::join(texts, between));
}

std::string NearestWord(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    // Optimal string alignment distance, three rows at a time.
    std::vector<std::size_t> before, previous(candidate.size() + 1), row(candidate.size() + 1);
    for (std::size_t j = 0; j <= candidate.size(); ++j) previous[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t change = word[i - 1] == candidate[j - 1] ? 0 : 1;
        row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + change});
        if (i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1]) {
          row[j] = std::min(row[j], before[j - 2] + 1);
        }
      }
      before = previous;
      previous = row;
    }
    if (previous[candidate.size()] < best_distance) {
      best_distance = previous[candidate.size()];
      best = candidate;
    }
  }
  return best;
}

bool Contains(std::string_view text, std::string_view piece) {
  return memmem(text.data(), text.size(), piece.data(), piece.size()) != nullptr;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string RemoveAll(std::string_view text, std::string_view piece) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = text.find(piece); at != std::string_view::npos; at = text.find(piece)) {
    out += text.substr(0, at);
    text.remove_prefix(at + piece.size());
  }
  out += text;
  return out;
}

bool IsUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (NextCodePoint(text, at) == kInvalid) return false;
  }
  return true;
}

std::string DurationText(std::chrono::seconds duration) {
  const auto count = duration.count();
  if (count != 0 && count % 86400 == 0) return fmt::format("{}d", count / 86400);
  if (count != 0 && count % 3600 == 0) return fmt::format("{}h", count / 3600);
  if (count != 0 && count % 60 == 0) return fmt::format("{}m", count / 60);
  return fmt::format("{}s", count);
}

}  // namespace jobwarden
