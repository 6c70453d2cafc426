#include "executor/arguments.h"

#include <array>
#include <cstddef>
#include <utility>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

// The commands, and how many words follow each.
constexpr std::array<std::pair<std::string_view, std::size_t>, 6> kCommands{{
    {"config", 0},
    {"prepare", 0},
    {"run", 2},
    {"cleanup", 0},
    {"--help", 0},
    {"--version", 0},
}};

Finding Misused(std::string message) {
  return Finding{Code::kConfigInvalid, std::move(message), std::string(kUsage)};
}

}  // namespace

Result<Arguments> ParseArguments(const std::vector<std::string_view>& words) {
  Arguments arguments;
  std::vector<std::string_view> rest;
  constexpr std::string_view kConfig = "--config";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == kConfig) {
      if (++i == words.size()) return Misused("--config: expected a file, got nothing");
      arguments.config_path = words[i];
    } else if (words[i].starts_with("--config=")) {
      arguments.config_path = words[i].substr(kConfig.size() + 1);
    } else {
      rest.push_back(words[i]);
    }
  }
  if (rest.empty()) return Misused("command: expected one, got nothing");
  for (const auto& [command, count] : kCommands) {
    if (rest[0] != command) continue;
    if (rest.size() != count + 1) {
      return Misused(std::string(command) + ": expected " + std::to_string(count) +
                     " arguments, got " + std::to_string(rest.size() - 1));
    }
    arguments.command = command;
    if (count == 2) {
      arguments.script = rest[1];
      arguments.stage = rest[2];
    }
    return arguments;
  }
  return Misused("command: unknown " + Quote(rest[0]));
}

}  // namespace jobwarden
