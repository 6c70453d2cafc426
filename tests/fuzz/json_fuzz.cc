// The strict JSON reader beside nlohmann's own: what one accepts the other accepts, but for what
// strictness alone forbids; and what was read comes back from its text.

#include "verifier/base/json.h"

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

using namespace jobwarden;

namespace {

constexpr JsonLimits kLimits{.max_bytes = 1 << 20};

// What nlohmann permits and the strict reader refuses.
bool IsStrictness(const std::string& message) {
  for (const char* reason : {"duplicate name", "nested deeper", "does not fit 64 bits",
                             "more than 262144 values", "byte order mark"}) {
    if (message.find(reason) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size > kLimits.max_bytes) return 0;
  const auto value = ParseJson(text, kLimits, Code::kMalformedToken, "text");
  const auto other = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!value) {
    if (!other.is_discarded() && !IsStrictness(value.findings().front().message)) std::abort();
    return 0;
  }
  if (other.is_discarded() || other.dump() != WriteJson(*value)) std::abort();
  const auto again = ParseJson(WriteJson(*value), kLimits, Code::kMalformedToken, "text");
  if (!again || !(*again == *value)) std::abort();
  return 0;
}
