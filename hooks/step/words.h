#ifndef JOBWARDEN_HOOKS_STEP_WORDS_H_
#define JOBWARDEN_HOOKS_STEP_WORDS_H_

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// The variables that a guard takes out of a step.
inline constexpr std::string_view kRequestVariables[] = {"ACTIONS_ID_TOKEN_REQUEST_URL",
                                                         "ACTIONS_ID_TOKEN_REQUEST_TOKEN"};

/// Commands that read the request variables by themselves, or start a program that does.
extern const std::vector<std::string> kTokenConsumers;

/// Whether the text contains the name of a request variable, or `getIDToken`, as a whole word. With
/// `anywhere` any occurrence counts: for compiled programs, in which no text surrounds the name.
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

/// Recognizes commands in a text: `npm publish`, also as `/usr/bin/npm --silent publish`,
/// `npx npm@11 publish`, `["npm", "publish"]`.
class ConsumerCommands {
 public:
  /// Each command is a word, or words with one blank between them.
  explicit ConsumerCommands(const std::vector<std::string>& commands);

  /// Whether the text contains one of the commands: its words in order, with few other words
  /// between.
  bool StandIn(std::string_view text) const;

 private:
  std::vector<std::vector<std::string>> commands_;
  std::set<std::string, std::less<>> words_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_WORDS_H_
