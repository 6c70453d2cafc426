#include "hooks/step/step_environment.h"

#include <algorithm>
#include <cstddef>

#include "verifier/exposure/word.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxValue = 4096;
constexpr std::size_t kMaxGrowth = std::size_t{64} << 10U;

// The name of the variable after a `$`; `rest` is then what follows. Empty: no plain variable.
std::string_view TakeName(std::string_view& rest) {
  std::string_view text = rest;
  const bool braces = text.starts_with('{');
  if (braces) text.remove_prefix(1);
  if (text.size() > 4 && (text.starts_with("env:") || text.starts_with("Env:"))) {
    text.remove_prefix(4);
  }
  const auto* const end = std::find_if_not(text.begin(), text.end(), IsWordCharacter);
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(name.size());
  if (braces) {
    if (!text.starts_with('}')) return {};
    text.remove_prefix(1);
  }
  rest = text;
  return name;
}

}  // namespace

StepEnvironment::StepEnvironment(const std::vector<std::string_view>& entries) {
  for (const std::string_view entry : entries) {
    const std::size_t equals = entry.find('=');
    if (equals == entry.npos || equals == 0) continue;
    variables_.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
}

std::string_view StepEnvironment::Get(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::string_view() : found->second;
}

std::string StepEnvironment::Expand(std::string_view text) const {
  std::string expanded;
  expanded.reserve(text.size());
  std::size_t growth = 0;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    expanded += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    std::string_view rest = text.substr(1);
    const std::string_view name = TakeName(rest);
    const std::string_view value = name.starts_with("ACTIONS_") ? std::string_view() : Get(name);
    if (value.empty() || value.size() > kMaxValue || (growth += value.size()) > kMaxGrowth) {
      expanded += '$';
      text.remove_prefix(1);
      continue;
    }
    expanded += value;
    text = rest;
  }
  return expanded;
}

}  // namespace jobwarden
