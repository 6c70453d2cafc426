#include "hooks/arguments.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr std::array<std::string_view, 7> kCommands{
    "gitlab pre-build", "github job-started", "github job-completed",
    "github container", "github mint",        "--help",
    "--version"};

Finding Misused(std::string message) {
  return Finding{Code::kConfigInvalid, std::move(message), std::string(kHookUsage), {}, false};
}

}  // namespace

Result<HookArguments> ParseHookArguments(const std::vector<std::string_view>& words) {
  HookArguments arguments;
  constexpr std::string_view kConfig = "--config";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == kConfig) {
      if (++i == words.size()) return Misused("--config: expected a file, got nothing");
      arguments.config_path = words[i];
    } else if (words[i].starts_with("--config=")) {
      arguments.config_path = words[i].substr(kConfig.size() + 1);
    } else {
      if (!arguments.command.empty()) arguments.command += ' ';
      arguments.command += words[i];
    }
  }
  if (arguments.command.empty()) return Misused("command: expected one, got nothing");
  if (std::find(kCommands.begin(), kCommands.end(), arguments.command) == kCommands.end()) {
    return Misused("command: unknown " + Quote(arguments.command));
  }
  return arguments;
}

}  // namespace jobwarden
