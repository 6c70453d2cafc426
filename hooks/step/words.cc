#include "hooks/step/words.h"

#include <algorithm>
#include <unordered_set>

#include "verifier/exposure/word.h"

namespace jobwarden {
namespace {

// Calls `take` with each run of characters that do not end a word, and the character before the
// run.
template <class Take>
void ForEachRun(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    while (at < text.size() && !EndsWord(text[at])) ++at;
    if (at > begin && !take(text.substr(begin, at - begin), begin > 0 ? text[begin - 1] : ' ')) {
      return;
    }
    at += at == begin ? 1 : 0;
  }
}

std::vector<std::string_view> Words(std::string_view text, std::size_t most, bool with_parts) {
  std::vector<std::string_view> words;
  std::unordered_set<std::string_view> seen;
  const auto add = [&](std::string_view word) {
    if (word.empty() || words.size() == most) return;
    if (seen.insert(word).second) words.push_back(word);
  };
  ForEachRun(text, [&](std::string_view run, char before) {
    // Only the path after `$NAME` and `$env:NAME`.
    if (before == '$') run.remove_prefix(std::min(run.find('/'), run.size()));
    add(run);
    add(WithoutQuiet(run));
    // `name:` is a key.
    if (run.ends_with(':')) add(run.substr(0, run.size() - 1));
    if (!with_parts || run.find(':') == run.npos) return words.size() < most;
    while (!run.empty()) {
      const std::size_t end = std::min(run.find(':'), run.size());
      add(run.substr(0, end));
      run.remove_prefix(std::min(end + 1, run.size()));
    }
    return words.size() < most;
  });
  return words;
}

}  // namespace

bool EndsWord(char c) {
  constexpr std::string_view kBetween = "'\"`;|&()<>=,{}[]*?!#\\^$";
  return static_cast<unsigned char>(c) <= ' ' || kBetween.find(c) != kBetween.npos;
}

std::string_view WithoutVersion(std::string_view word) {
  return word.substr(0, word.find('@', 1));
}

std::string_view WithoutQuiet(std::string_view word) {
  return word.starts_with('@') ? word.substr(std::min(word.find_first_not_of("@-+"), word.size()))
                               : word;
}

std::string_view LastPart(std::string_view word) {
  return word.substr(word.rfind('/') + 1);
}

bool NamesRequestVariables(std::string_view text, bool anywhere) {
  // A script that uses a toolkit for actions names neither variable.
  constexpr std::string_view kNames[] = {kRequestVariables[0], kRequestVariables[1], "getIDToken",
                                         "GetIDToken"};
  for (const std::string_view name : kNames) {
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
      if (anywhere || IsWholeWord(text, at, at + name.size())) return true;
    }
  }
  return false;
}

std::vector<std::string_view> WordsOf(std::string_view text, std::size_t most) {
  return Words(text, most, true);
}

std::vector<std::string_view> NamesOf(std::string_view text, std::size_t most) {
  return Words(text, most, false);
}

}  // namespace jobwarden
