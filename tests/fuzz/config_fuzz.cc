// Any bytes as jobwarden.toml, and as a file of rules.d: accepted or refused, with messages that
// are one line each.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "verifier/config/config.h"

namespace {

constexpr const char* kGood =
    "version = 1\n[[issuer]]\nname = \"a\"\nprovider = \"gitlab\"\nurl = \"https://a\"\n"
    "audience = \"b\"\n";

void Check(const jobwarden::Result<jobwarden::Config>& config) {
  if (config) return;
  for (const auto& finding : config.findings()) {
    const bool one_line = std::none_of(finding.message.begin(), finding.message.end(),
                                       [](char c) { return c >= 0 && c < ' '; });
    if (finding.code != jobwarden::Code::kConfigInvalid || !one_line) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Check(jobwarden::ParseConfig({{"c.toml", text}}));
  Check(jobwarden::ParseConfig({{"c.toml", kGood}, {"r.toml", text}}));
  return 0;
}
