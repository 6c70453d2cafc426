// Any bytes as a configuration to review: remarks are at places of the file, in order, one line
// each, and rules of it can be told apart.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "verifier/review/check.h"
#include "verifier/review/excerpt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const jobwarden::Review review = jobwarden::ReviewConfig({{"c.toml", text}});
  jobwarden::Place before;
  for (const jobwarden::Remark& each : review.remarks) {
    const bool one_line = std::none_of(each.message.begin(), each.message.end(),
                                       [](char c) { return c >= 0 && c < ' '; });
    if (!one_line || each.place.line > lines || each.place < before) std::abort();
    before = each.place;
    const std::string excerpt = jobwarden::Excerpt(text, each.place);
    if (std::count(excerpt.begin(), excerpt.end(), '\n') > 2) std::abort();
  }
  return 0;
}
