#ifndef JOBWARDEN_HOOKS_STEP_COMMANDS_H_
#define JOBWARDEN_HOOKS_STEP_COMMANDS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hooks/step/harmless.h"
#include "hooks/step/step_environment.h"
#include "verifier/consumers/consumer_list.h"

namespace jobwarden {

/// How a text is divided into commands.
enum class Syntax {
  kShell,  ///< a line, or a part of it between `;`, `&`, `|`, is a command
  kCode,   ///< other languages: a command may be a list of words over several lines
};

/// Recognizes the commands of a consumer list in a text: `npm publish`, also as
/// `/usr/bin/npm --silent publish`, `npx npm@11 publish`, `["npm", "publish"]`. What the list calls
/// harmless is not recognized: `npm publish --dry-run`.
class Commands {
 public:
  /// `own`: the administrator's commands, to which nothing is harmless. Each command is a word, or
  /// words with one blank between them. All three outlive this object.
  Commands(const ConsumerList& list, const std::vector<std::string>& own,
           const StepEnvironment& environment);

  /// Whether the text contains one of the commands: its words in order, with few other words
  /// between.
  bool StandIn(std::string_view text, Syntax syntax) const;

  /// Whether the list says of the program when it requests id_tokens: as a command, or as known.
  bool Knows(std::string_view program) const;

  /// The configuration files that commands with these words read without being told their names.
  std::vector<std::string> FilesFor(const std::vector<std::string_view>& words) const;

 private:
  // Texts have many words and lists many phrases, but few words begin a phrase. So a phrase is not
  // taken apart before its first word is met.
  struct Phrase {
    std::string_view text;
    bool is_own = false;
    bool is_argument = false;  // `? WORD`
    std::size_t next = kNone;  // phrase with the same first word
  };
  // A phrase whose first word is a pattern, and what each word that fits it contains.
  struct Pattern {
    std::size_t phrase;
    std::string_view piece;
  };
  class Search;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void Add(std::string_view command, bool is_own);
  bool IsNamesake(const std::vector<CommandWord>& tokens) const;

  const ConsumerList& list_;
  const StepEnvironment& environment_;
  std::vector<Phrase> phrases_;
  std::unordered_map<std::string_view, std::size_t> by_first_word_;
  std::vector<Pattern> by_pattern_;
  std::vector<std::string> namesakes_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_COMMANDS_H_
