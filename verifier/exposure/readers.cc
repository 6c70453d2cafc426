#include "verifier/exposure/readers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace jobwarden {
namespace {

// Programs that call git when they fetch what a project depends on.
constexpr std::string_view kGitCallers[] = {"git",   "go",     "npm",      "pnpm",      "yarn",
                                            "pip",   "pip3",   "uv",       "poetry",    "pipenv",
                                            "cargo", "bundle", "composer", "terraform", "tofu"};

// GIT_CONFIG_KEY_0, GIT_CONFIG_VALUE_0 …
bool IsGitSetting(std::string_view name) {
  return name.starts_with("GIT_CONFIG_KEY_") || name.starts_with("GIT_CONFIG_VALUE_");
}

// Calls `each` with the words of a command, `npm publish`, as long as it returns true; whether it
// did so for all of them.
template <class Each>
bool AllWords(std::string_view command, const Each& each) {
  while (!command.empty()) {
    const std::size_t end = std::min(command.find(' '), command.size());
    if (!each(command.substr(0, end))) return false;
    command.remove_prefix(std::min(end + 1, command.size()));
  }
  return true;
}

}  // namespace

Readers::Readers(const Consumers& consumers, bool git_asks)
    : git_asks_(git_asks), consumers_(consumers) {
  for (const auto& [variable, commands] : consumers_) {
    if (Glob::IsPattern(variable)) patterns_.emplace_back(Glob(variable), commands);
  }
}

template <class Each>
bool Readers::Any(const std::string& name, const Each& each) const {
  const auto found = consumers_.find(name);
  if (found != consumers_.end() && std::any_of(found->second.begin(), found->second.end(), each)) {
    return true;
  }
  for (const auto& [pattern, commands] : patterns_) {
    if (pattern.Matches(name) && std::any_of(commands.begin(), commands.end(), each)) return true;
  }
  const bool of_git = IsGitSetting(name) || (git_asks_ && name == "CI_JOB_TOKEN");
  return of_git && std::any_of(std::begin(kGitCallers), std::end(kGitCallers), each);
}

void Readers::AddTo(Words& words, const std::string& name) const {
  words.insert(name);
  Any(name, [&](std::string_view command) {
    AllWords(command, [&](std::string_view word) {
      words.emplace(word);
      return true;
    });
    return false;
  });
}

std::string Readers::FindIn(const Words& words, const std::string& name) const {
  std::string reader;
  Any(name, [&](std::string_view command) {
    const auto is_there = [&](std::string_view word) { return words.contains(word); };
    if (!AllWords(command, is_there)) return false;
    reader = command;
    return true;
  });
  return reader;
}

}  // namespace jobwarden
