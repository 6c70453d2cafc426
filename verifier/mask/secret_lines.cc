#include "verifier/mask/secret_lines.h"

#include <algorithm>
#include <cstddef>

#include "verifier/base/value_length.h"
#include "verifier/mask/characters.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// What is around names and values in YAML, JSON, TOML, XML and shells.
constexpr std::string_view kPunctuation = " \t\"'`,;:=<>/{}[]()-";

std::string_view Trim(std::string_view text, std::string_view characters) {
  const std::size_t begin = text.find_first_not_of(characters);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(characters) + 1 - begin);
}

bool IsLetter(char c) {
  return IsAlphanumeric(c) && (c < '0' || c > '9');
}

bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}

// A word of the language, perhaps with a capital at its beginning.
bool IsWord(std::string_view line) {
  return line.size() < kMinEmbeddedBytes && IsLetter(line.front()) &&
         std::all_of(line.begin() + 1, line.end(), IsLower);
}

bool IsPemBorder(std::string_view line) {
  return (line.starts_with("-----BEGIN ") || line.starts_with("-----END ")) &&
         line.ends_with("-----");
}

// What follows the name that a line begins with: `name:`, `"name":`, `<name>`. The line itself
// where it begins with none. A name has no digits, and `=` after it is padding as often as not.
std::string_view WithoutName(std::string_view line) {
  const std::string_view from =
      line.substr(std::min(line.size(), line.find_first_not_of(" \t-\"'<{")));
  const auto is_of_name = [](char c) { return IsLetter(c) || IsOneOf(c, "_-./ "); };
  const auto end = std::find_if_not(from.begin(), from.end(), is_of_name);
  const std::string_view name = from.substr(0, static_cast<std::size_t>(end - from.begin()));
  std::string_view rest = from.substr(name.size());
  if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
  rest = rest.substr(std::min(rest.size(), rest.find_first_not_of(' ')));
  const bool is_tag = line.starts_with('<') && rest.starts_with('>');
  if (name.empty() || (!is_tag && !rest.starts_with(':'))) return line;
  rest.remove_prefix(1);
  return is_tag ? rest.substr(0, rest.rfind("</")) : rest;
}

// Where the line ends that begins at `begin`: at a line break, or at one that is written as in a
// string of JSON, which keys in variables often have.
std::size_t LineEnd(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (text[at] == '\n' || text[at] == '\r') return at;
    if (text.substr(at).starts_with("\\n") || text.substr(at).starts_with("\\r")) return at;
  }
  return text.size();
}

bool SaysSomething(std::string_view line) {
  return !IsPemBorder(line) && !IsWord(line) &&
         Trim(WithoutName(line), kPunctuation).size() >= kMinSearchedBytes;
}

}  // namespace

std::string_view TrimWhiteSpace(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return Trim(text, kWhiteSpace);
}

std::vector<std::string_view> SecretLines(std::string_view value) {
  std::vector<std::string_view> lines;
  const std::string_view text = TrimWhiteSpace(value);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = LineEnd(text, begin);
    const std::string_view line = TrimWhiteSpace(text.substr(begin, end - begin));
    if (line.size() == text.size()) break;
    if (line.size() >= kMinSearchedBytes && SaysSomething(line)) lines.push_back(line);
    begin = end + (end < text.size() && text[end] == '\\' ? 2 : 1);
  }
  return lines;
}

}  // namespace jobwarden
