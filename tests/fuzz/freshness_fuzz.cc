// Two lines: Cache-Control and Age, as an issuer sends them.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verifier/fetch/freshness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobwarden;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t newline = std::min(text.find('\n'), text.size());
  const std::string_view cache_control = text.substr(0, newline);
  const std::string_view age = text.substr(std::min(newline + 1, text.size()));
  for (const std::chrono::seconds max_age : {std::chrono::seconds(1), std::chrono::seconds(3600),
                                             std::chrono::seconds(std::chrono::hours(720))}) {
    const auto fresh = FreshFor(cache_control, age, max_age);
    if (fresh < std::min(kShortestFreshness, max_age) || fresh > max_age) std::abort();
    // Time in somebody's cache makes an answer no fresher.
    if (fresh > FreshFor(cache_control, "", max_age)) std::abort();
  }
  return 0;
}
