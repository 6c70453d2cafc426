#ifndef JOBWARDEN_VERIFIER_CONSUMERS_CONSUMER_LIST_H_
#define JOBWARDEN_VERIFIER_CONSUMERS_CONSUMER_LIST_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jobwarden {

/// Which programs read a token that no script names: one list for both CIs. A list is compiled in
/// (consumers.txt beside this file explains the format). A list beside the configuration replaces
/// it, unless that one is older.
///
/// The step guard reads the list at the start of each step and finds in nearly all that they call
/// nothing of it. So lines that are seldom needed are kept as they are, and taken apart on demand.
struct ConsumerList {
  using Texts = std::vector<std::string_view>;

  /// An environment that says that a program is to get a token by itself.
  struct Setting {
    std::string_view name;   ///< of the variable; with `*`, which stands for any run
    std::string_view value;  ///< the same; empty: any value that does not say no
    Texts commands;          ///< `@`: what is called as the part for the first `*`
  };
  /// A configuration file that a program reads without being told its name.
  struct File {
    std::string_view variable;  ///< holds the file's path, or paths with `:` between
    std::string_view path;      ///< where the file is without that variable; empty: nowhere
    Texts commands;
  };

  std::shared_ptr<const std::string> text;  ///< all that follows are views of it
  std::string_view date;  ///< `2026-11-28`, `2026-11-28.2`; a greater text is a newer list

  // Lines, without their first word.
  Texts variables;  ///< GitLab: `NAME: COMMAND, …`
  Texts harmless;   ///< what looks like one of `commands` and requests none
  Texts git;        ///< git, and what starts it against a server

  // GitHub.
  Texts commands;  ///< they request id_tokens
  Texts known;     ///< programs that request none, so nobody looks into them
  std::vector<Setting> settings;
  std::vector<File> files;

  /// The commands of GitLab's variables, by the variable's name.
  std::map<std::string, std::vector<std::string>> ByVariable() const;
};

inline constexpr std::size_t kMaxConsumerListBytes = std::size_t{256} << 10U;

/// Takes the next command off a line of commands with commas between. REQUIRES: the line is not
/// empty.
std::string_view TakeCommand(std::string_view& line);

/// The list in this text, or why there is none: `line 7: …`.
std::variant<ConsumerList, std::string> ParseConsumerList(std::string_view text);

/// The same for a text that was accepted before. Only the form of its lines is checked.
std::variant<ConsumerList, std::string> ParseAcceptedList(std::string_view text);

/// The list that is compiled in.
const ConsumerList& BuiltInConsumers();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONSUMERS_CONSUMER_LIST_H_
