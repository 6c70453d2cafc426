#include "hooks/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "hooks/commands.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {
namespace {

// Variables that would break a job's later steps, or the runner's own work in them.
constexpr std::array<std::string_view, 4> kTakenPrefixes{"ACTIONS_", "GITHUB_", "LD_", "RUNNER_"};
constexpr std::array<std::string_view, 8> kTakenNames{"BASH_ENV", "CI",           "ENV",  "HOME",
                                                      "IFS",      "NODE_OPTIONS", "PATH", "SHELL"};

constexpr std::size_t kMaxNameBytes = 128;

Finding Misused(std::string message) {
  return Finding{Code::kConfigInvalid, std::move(message), std::string(kHookUsage)};
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Whether the name can stand before the `=` of a line in the runner's file, and cannot end the
// line.
bool IsName(std::string_view name, std::string_view more) {
  return !name.empty() && name.size() <= kMaxNameBytes && IsLetter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return IsLetter(c) || (c >= '0' && c <= '9') || more.find(c) != more.npos;
         });
}

bool IsTaken(std::string_view name) {
  return std::find(kTakenNames.begin(), kTakenNames.end(), name) != kTakenNames.end() ||
         std::any_of(kTakenPrefixes.begin(), kTakenPrefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

Status CheckMint(const MintRequest& mint) {
  const std::string& audience = mint.audience;
  if (audience.empty() || audience.size() > kMaxAudienceBytes) {
    return Misused(fmt::format("--audience: expected 1 to {} bytes, got {}", kMaxAudienceBytes,
                               audience.empty() ? "none" : "more"));
  }
  // Without either option nobody would get the token.
  if (mint.output.empty() == mint.env.empty()) {
    return Misused("expected one of --output NAME and --env NAME, got " +
                   std::string(mint.env.empty() ? "neither" : "both"));
  }
  if (!mint.output.empty() && !IsName(mint.output, "-")) {
    return Misused("--output: expected a name of letters, digits, _ and -, got " +
                   Quote(mint.output));
  }
  if (!mint.env.empty() && !IsName(mint.env, "")) {
    return Misused("--env: expected a name of letters, digits and _, got " + Quote(mint.env));
  }
  if (IsTaken(mint.env)) {
    return Misused("--env: expected a name without a meaning of its own, got " + mint.env);
  }
  return Ok();
}

}  // namespace

Result<HookArguments> ParseHookArguments(const std::vector<std::string_view>& words) {
  HookArguments arguments;
  struct Option {
    std::string_view name;
    std::string_view what;
    std::string& value;
    bool given = false;
  };
  std::array<Option, 4> options{{{"--config", "a file", arguments.config_path},
                                 {"--audience", "an audience", arguments.mint.audience},
                                 {"--output", "a name", arguments.mint.output},
                                 {"--env", "a name", arguments.mint.env}}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view name = words[i].substr(0, words[i].find('='));
    auto* const option = std::find_if(options.begin(), options.end(),
                                      [&](const Option& each) { return each.name == name; });
    if (option == options.end()) {
      if (!arguments.command.empty()) arguments.command += ' ';
      arguments.command += words[i];
      continue;
    }
    if (option->given) return Misused(fmt::format("{}: expected once, got twice", name));
    option->given = true;
    if (name.size() < words[i].size()) {
      option->value = words[i].substr(name.size() + 1);
    } else if (++i < words.size()) {
      option->value = words[i];
    }
    if (i == words.size() || option->value.empty()) {
      return Misused(fmt::format("{}: expected {}, got nothing", name, option->what));
    }
  }
  if (arguments.command.empty()) return Misused("command: expected one, got nothing");
  const auto commands = HookCommands();
  if (std::none_of(commands.begin(), commands.end(),
                   [&](const HookCommand& command) { return command.name == arguments.command; })) {
    return Misused("command: unknown " + Quote(arguments.command));
  }
  if (arguments.command == kMintCommand) {
    if (auto checked = CheckMint(arguments.mint); !checked) return std::move(checked).findings();
    return arguments;
  }
  for (const Option& option : options) {
    if (option.given && option.name != "--config") {
      return Misused(fmt::format("{}: is an option of {} only", option.name, kMintCommand));
    }
  }
  return arguments;
}

}  // namespace jobwarden
