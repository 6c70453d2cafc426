// Bytes from an issuer as a key set. Whatever they are, each usable key can be asked.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "verifier/token/key_set.h"
#include "verifier/token/signature.h"

using namespace jobwarden;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto keys = KeySet::Parse(text, Code::kKeysUnavailable, "keys");
  if (!keys) return 0;
  for (const std::string& kid : keys->kids()) {
    const PublicKey* key = keys->Find(kid);
    if (key == nullptr || kid.empty()) std::abort();
    for (const Algorithm algorithm : AllAlgorithms()) {
      // 64, 96, 132 and 256 bytes: the lengths that signatures have.
      for (const std::size_t bytes : {64U, 96U, 132U, 256U}) {
        if (VerifyBytes(*key, algorithm, "input", std::string(bytes, '\1'))) std::abort();
      }
    }
  }
  return 0;
}
