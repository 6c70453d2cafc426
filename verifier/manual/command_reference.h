#ifndef JOBWARDEN_VERIFIER_MANUAL_COMMAND_REFERENCE_H_
#define JOBWARDEN_VERIFIER_MANUAL_COMMAND_REFERENCE_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace jobwarden {

/// An option of a command as a person reads of it.
struct OptionReference {
  std::vector<std::string> names;  ///< `--json`; empty: a word that stands by itself
  std::string value;               ///< `FILE`, `gitlab|github`; empty: a flag
  std::string text;
  bool required = false;
  bool repeats = false;  ///< it may have several values, or be given several times
};

/// A command, its options and the commands below it.
struct CommandReference {
  std::string name;
  std::string text;
  std::vector<OptionReference> options;
  std::vector<CommandReference> commands;
};

/// The words that an option's value may be: those of `gitlab|github`; none for `FILE`.
inline std::vector<std::string> WordsOf(const OptionReference& option) {
  std::vector<std::string> words;
  if (option.value.find('|') == std::string::npos) return words;
  for (std::size_t at = 0; at <= option.value.size();) {
    const std::size_t end = std::min(option.value.find('|', at), option.value.size());
    words.push_back(option.value.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// Whether an option's value is the path of a file, or of a folder.
inline bool TakesFile(const OptionReference& option) {
  return option.value == "FILE" || option.value == "JWKS" || option.value == "CONFIG.toml" ||
         option.value == "AUDIT" || option.value == "OLD" || option.value == "NEW";
}
inline bool TakesFolder(const OptionReference& option) {
  return option.value == "DIR" || option.value == "RUNNER_DIR" || option.value == "FOLDER";
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MANUAL_COMMAND_REFERENCE_H_
