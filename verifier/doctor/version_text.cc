#include "verifier/doctor/version_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace jobwarden {

std::optional<RunnerVersion> FindVersion(std::string_view text, std::string_view word) {
  const std::size_t at = text.rfind(word);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + word.size());
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  RunnerVersion version{};
  for (std::size_t i = 0; i < version.size(); ++i) {
    if (i > 0 && (text.empty() || text.front() != '.')) return std::nullopt;
    if (i > 0) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version[i]);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return version;
}

std::string TextOf(const RunnerVersion& version) {
  return fmt::format("{}.{}.{}", version[0], version[1], version[2]);
}

}  // namespace jobwarden
