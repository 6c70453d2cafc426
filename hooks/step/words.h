#ifndef JOBWARDEN_HOOKS_STEP_WORDS_H_
#define JOBWARDEN_HOOKS_STEP_WORDS_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace jobwarden {

/// The variables that a guard takes out of a step.
inline constexpr std::string_view kRequestVariables[] = {"ACTIONS_ID_TOKEN_REQUEST_URL",
                                                         "ACTIONS_ID_TOKEN_REQUEST_TOKEN"};

/// Whether the text contains the name of a request variable, `getIDToken` or `GetIDToken`, as a
/// whole word. With `anywhere` any occurrence counts: for compiled programs, in which no text
/// surrounds the name.
bool NamesRequestVariables(std::string_view text, bool anywhere = false);

/// The words of a text in any language. Blanks, quotes, brackets and the operators of shells
/// separate words. Each word is returned once, in the order of the text, and no more than `most`
/// words.
///
/// A word may be a path, a command or the name of a script. `$NAME/rest`, `${NAME}/rest` and
/// `$(…)/rest` are the word `/rest`, because the variable's value is not known. `a:b` is the words
/// `a:b`, `a` and `b`; `@a` is `@a` and `a`.
std::vector<std::string_view> WordsOf(std::string_view text,
                                      std::size_t most = static_cast<std::size_t>(-1));

/// The same without the parts of `a:b`: `npm run release:notes` does not run a script `release`.
std::vector<std::string_view> NamesOf(std::string_view text,
                                      std::size_t most = static_cast<std::size_t>(-1));

/// Whether a character ends a word: blanks, quotes, brackets and the operators of shells.
bool EndsWord(char c);

/// `npm@11` is `npm`; `@scope/name` stays as it is.
std::string_view WithoutVersion(std::string_view word);

/// A command of a Makefile without the `@` before it, which keeps make quiet.
std::string_view WithoutQuiet(std::string_view word);

/// What follows the last slash.
std::string_view LastPart(std::string_view word);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_WORDS_H_
