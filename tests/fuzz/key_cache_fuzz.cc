// The cache file of a key set. Whatever is in it, what is accepted is of the issuer, and its times
// can be added to.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verifier/keys/stored_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobwarden;
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = "https://gitlab.example.com";
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto keys = ParseStoredKeys(text, issuer, "key cache");
  if (!keys) {
    const bool ignored = keys.findings().front().code == Code::kKeyCacheIgnored;
    if (!ignored || keys.findings().size() != 1) std::abort();
    return 0;
  }
  if (keys->set.kids().empty()) std::abort();
  if (keys->UsableUntil(issuer) <= keys->fetched_at) std::abort();
  if (keys->FreshAt(keys->fetched_at - std::chrono::seconds(1), issuer)) std::abort();
  issuer.url = "https://gitlab.example.org";
  if (ParseStoredKeys(text, issuer, "key cache")) std::abort();
  return 0;
}
