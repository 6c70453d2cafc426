#ifndef JOBWARDEN_HOOKS_STEP_PHRASE_H_
#define JOBWARDEN_HOOKS_STEP_PHRASE_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

// Commands as a consumer list writes them, and the words of scripts that they mean.

/// Values of a setting that do not ask for anything.
inline constexpr std::string_view kSaysNo[] = {"",      "0",  "false", "False",
                                               "FALSE", "no", "off",   "never"};

/// `publib-*`: a word in which `*` stands for any run of characters.
bool IsPattern(std::string_view word);

/// Whether the text fits the pattern. The case of letters does not count.
bool FitsPattern(std::string_view text, std::string_view pattern);

/// The longest part of a pattern without `*`.
std::string_view LongestPiece(std::string_view pattern);

/// The words of a phrase, which has blanks between them.
std::vector<std::string_view> WordsOfPhrase(std::string_view phrase);
std::string_view FirstWord(std::string_view phrase);

/// The forms under which a list may name a word of a script: `@./bin/npm@11` is `npm` too.
std::array<std::string_view, 4> FormsOf(std::string_view word);

/// Whether a word of a script is the word, or fits the pattern, that a list expects. No path and no
/// URL fits a pattern, and an option only one that begins like an option.
bool IsWord(std::string_view word, std::string_view expected);

/// A name in lower case without `-`, `_` and `.`: `Acme-Build.Cache` and `ACME_BUILD_CACHE` are
/// one.
std::string PlainName(std::string_view name);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_PHRASE_H_
