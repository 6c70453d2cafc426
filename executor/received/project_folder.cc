#include "executor/received/project_folder.h"

#include <algorithm>

#include "executor/received/shell_word.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

// A path as runners write it: a shell word, or a text in double quotes, for PowerShell perhaps
// inside a call that resolves it (FF_USE_POWERSHELL_PATH_RESOLVER).
std::optional<std::string> DecodePath(std::string_view word) {
  if (TakePrefix(word, kPowerShellPathResolver)) {
    if (!word.ends_with(')')) return std::nullopt;
    word.remove_suffix(1);
  }
  for (const Quoting quoting : kQuotings) {
    if (auto path = DecodeWord(word, quoting)) return path;
  }
  if (word.size() < 2 || word.front() != '"' || word.back() != '"') return std::nullopt;
  word = word.substr(1, word.size() - 2);
  if (word.find_first_of("\"\\$`") != std::string_view::npos) return std::nullopt;
  return std::string(word);
}

}  // namespace

std::optional<std::string> ProjectFolder(std::string_view commands) {
  while (!commands.empty()) {
    const std::size_t end = std::min(commands.find('\n'), commands.size());
    std::string_view line = commands.substr(0, end);
    commands.remove_prefix(std::min(end + 1, commands.size()));
    if (!TakePrefix(line, "cd ") && !TakePrefix(line, "$'cd' ")) continue;
    auto path = DecodePath(line);
    return path && path->starts_with('/') ? path : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace jobwarden
