#ifndef JOBWARDEN_HOOKS_STEP_WORDS_H_
#define JOBWARDEN_HOOKS_STEP_WORDS_H_

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// What a guard takes out of a step.
inline constexpr std::string_view kRequestVariables[] = {"ACTIONS_ID_TOKEN_REQUEST_URL",
                                                         "ACTIONS_ID_TOKEN_REQUEST_TOKEN"};

/// Commands that read the request variables by themselves, or start one that does.
extern const std::vector<std::string> kTokenConsumers;

/// Whether the text names one of the request variables, or `getIDToken`, as a whole word. What
/// surrounds it in a compiled program is no text: with `anywhere` any occurrence counts.
bool NamesRequestVariables(std::string_view text, bool anywhere = false);

/// The words of a text in any language: what stands between blanks, quotes, brackets and the
/// operators of shells. Each once, in the order in which they come.
///
/// A word may be a path, a command or the name of a script. Of `$NAME/rest`, `${NAME}/rest` and
/// `$(…)/rest` the word is `/rest`: what the variable holds is not known. Of `a:b` there are `a:b`,
/// `a` and `b`, of `@a` `@a` and `a`. No more than `most`.
std::vector<std::string_view> WordsOf(std::string_view text,
                                      std::size_t most = static_cast<std::size_t>(-1));

/// Recognizes commands in a text: `npm publish`, also as `/usr/bin/npm --silent publish`,
/// `npx npm@11 publish`, `["npm", "publish"]`.
class ConsumerCommands {
 public:
  /// Each is a word, or words with one blank between.
  explicit ConsumerCommands(const std::vector<std::string>& commands);

  /// Whether one of them stands in the text, its words in order with few others between.
  bool StandIn(std::string_view text) const;

 private:
  std::vector<std::vector<std::string>> commands_;
  std::set<std::string, std::less<>> words_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_WORDS_H_
