#include "verifier/fetch/freshness.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace jobwarden {
namespace {

using std::chrono::seconds;

// Delta-seconds (RFC 9111 §1.2.2). A number that is too large is a very long time.
std::optional<seconds> Delta(std::string_view text) {
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (stop != end || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return seconds(UINT32_MAX);
  return error == std::errc() ? std::optional(seconds(number)) : std::nullopt;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

seconds FreshFor(std::string_view cache_control, std::string_view age, seconds max_age) {
  std::optional<seconds> said;
  while (!cache_control.empty()) {
    const std::size_t comma = cache_control.find(',');
    std::string directive(Trim(cache_control.substr(0, comma)));
    cache_control.remove_prefix(std::min(
        cache_control.size(), comma == std::string_view::npos ? cache_control.size() : comma + 1));
    std::transform(directive.begin(), directive.end(), directive.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::string_view kMaxAge = "max-age=";
    if (directive == "no-store" || directive == "no-cache") {
      said = seconds(0);
    } else if (directive.starts_with(kMaxAge) && !said) {
      said = Delta(std::string_view(directive).substr(kMaxAge.size()));
    }
  }
  if (!said) return max_age;
  const seconds fresh = *said - Delta(Trim(age)).value_or(seconds(0));
  return std::min(std::max(fresh, kShortestFreshness), max_age);
}

}  // namespace jobwarden
