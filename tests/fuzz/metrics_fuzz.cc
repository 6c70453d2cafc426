// Any bytes as the file of metrics: what is read can be written, and reads back as the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verifier/metrics/metric_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto metrics = jobwarden::MetricSet::Read(text);
  if (!metrics) return 0;
  const std::string written = metrics->Text();
  const auto again = jobwarden::MetricSet::Read(written);
  if (!again || again->Text() != written) std::abort();
  return 0;
}
