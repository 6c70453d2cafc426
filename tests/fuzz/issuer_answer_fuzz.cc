// What an issuer answers: a key set on its way into the cache, a place, how long it is fresh.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verifier/base/json.h"
#include "verifier/fetch/freshness.h"
#include "verifier/fetch/url.h"
#include "verifier/keys/stored_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobwarden;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto keys = ParseKeys(text, Code::kKeysUnavailable, "answer")) {
    // What is stored must be read as what was received.
    const auto again = ParseKeys(WriteJson(keys->jwks), Code::kKeysUnavailable, "cache");
    if (!again || again->set.kids() != keys->set.kids()) std::abort();
  }
  if (const auto url = ParseUrl(text); url && !url->secure && !IsLoopback(url->host)) std::abort();
  constexpr std::chrono::seconds kMaxAge{3600};
  const auto fresh = FreshFor(text, text, kMaxAge);
  if (fresh < kShortestFreshness || fresh > kMaxAge) std::abort();
  return 0;
}
