#include "hooks/step/phrase.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "hooks/step/paths.h"
#include "hooks/step/words.h"

namespace jobwarden {
namespace {

// Files of this kind are found and followed, so their names mean nothing.
constexpr std::string_view kOfFiles[] = {".sh",  ".js",   ".mjs", ".cjs",  ".ts",
                                         ".mts", ".cts",  ".py",  ".json", ".yml",
                                         ".rb",  ".yaml", ".md",  ".txt",  ".toml"};

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsOfFile(std::string_view word) {
  const std::string_view ending = EndingOf(word);
  return std::find(std::begin(kOfFiles), std::end(kOfFiles), ending) != std::end(kOfFiles);
}

}  // namespace

bool IsPattern(std::string_view word) {
  return word.find('*') != word.npos;
}

bool FitsPattern(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = pattern.npos;
  std::size_t retry = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      retry = at;
    } else if (in_pattern < pattern.size() && Lower(text[at]) == Lower(pattern[in_pattern])) {
      ++at;
      ++in_pattern;
    } else if (star != pattern.npos) {
      in_pattern = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

std::string_view LongestPiece(std::string_view pattern) {
  std::string_view longest;
  while (!pattern.empty()) {
    const std::size_t end = std::min(pattern.find('*'), pattern.size());
    if (end > longest.size()) longest = pattern.substr(0, end);
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return longest;
}

std::vector<std::string_view> WordsOfPhrase(std::string_view phrase) {
  std::vector<std::string_view> words;
  while (!phrase.empty()) {
    const std::size_t end = std::min(phrase.find(' '), phrase.size());
    if (end > 0) words.push_back(phrase.substr(0, end));
    phrase.remove_prefix(std::min(end + 1, phrase.size()));
  }
  return words;
}

std::string_view FirstWord(std::string_view phrase) {
  return phrase.substr(0, phrase.find(' '));
}

std::array<std::string_view, 4> FormsOf(std::string_view word) {
  const std::string_view whole = WithoutVersion(word);
  const std::string_view last = LastPart(WithoutQuiet(whole));
  const std::string_view plain = last.substr(0, last.find(':'));
  const std::size_t colon = word.find(':');
  // `jsr:@scope/name@1`.
  const std::string_view after =
      colon == word.npos ? last : LastPart(WithoutVersion(word.substr(colon + 1)));
  return {whole, last, plain, after};
}

bool IsWord(std::string_view word, std::string_view expected) {
  const auto forms = FormsOf(word);
  if (!IsPattern(expected)) {
    return std::find(forms.begin(), forms.end(), expected) != forms.end();
  }
  if (word.starts_with('-') != expected.starts_with('-')) return false;
  if (word.find("://") != word.npos) return false;
  if (word.starts_with('.') || word.starts_with('/') || word.starts_with('~')) return false;
  if (IsOfFile(word)) return false;
  return std::any_of(forms.begin(), forms.end(),
                     [&](std::string_view form) { return FitsPattern(form, expected); });
}

std::string PlainName(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.') plain += Lower(c);
  }
  return plain;
}

}  // namespace jobwarden
