#ifndef JOBWARDEN_VERIFIER_CONSUMERS_CONSUMER_LIST_H_
#define JOBWARDEN_VERIFIER_CONSUMERS_CONSUMER_LIST_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jobwarden {

/// Which programs read a token that no script names: one list for both CIs. A list is compiled in
/// (consumers.txt beside this file explains the format). A list beside the configuration replaces
/// it, unless that one is older.
struct ConsumerList {
  /// An environment that says that a program is to get a token by itself.
  struct Setting {
    std::string name;                   ///< of the variable; with `*`, which stands for any run
    std::string value;                  ///< the same; empty: any value that does not say no
    std::vector<std::string> commands;  ///< `@`: what is called as the part for the first `*`
  };
  /// A configuration file that a program reads without being told its name.
  struct File {
    std::string variable;  ///< holds the file's path, or paths with `:` between
    std::string path;      ///< where the file is without that variable; empty: nowhere
    std::vector<std::string> commands;
  };

  std::string date;  ///< `2026-11-28`, `2026-11-28.2`; a greater text is a newer list

  // GitLab: the commands that read a variable, by its name, in which `*` stands for any run.
  std::map<std::string, std::vector<std::string>> variables;

  // GitHub.
  std::vector<std::string> commands;  ///< they request id_tokens
  std::vector<std::string> harmless;  ///< what looks like one of `commands` and requests none
  std::vector<std::string> known;     ///< programs that request none, so nobody looks into them
  std::vector<Setting> settings;
  std::vector<File> files;
};

inline constexpr std::size_t kMaxConsumerListBytes = std::size_t{256} << 10U;

/// The list in this text, or why there is none: `line 7: …`.
std::variant<ConsumerList, std::string> ParseConsumerList(std::string_view text);

/// The list that is compiled in.
const ConsumerList& BuiltInConsumers();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONSUMERS_CONSUMER_LIST_H_
