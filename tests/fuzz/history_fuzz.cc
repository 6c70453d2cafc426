// Lines of an audit file: whatever they hold, each that is not blank is counted exactly once.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "verifier/history/history.h"

using namespace jobwarden;

namespace {

class Nothing : public HistoryVisitor {
 public:
  void Visit(const HistoryEntry&) override { ++visits; }
  std::uint64_t visits = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Nothing visitor;
  HistoryCount count;
  std::uint64_t lines = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) ++lines;
    ReadHistoryLine(line, "audit.jsonl", lines, visitor, count);
  }
  const std::uint64_t good = count.decisions + count.token_requests;
  if (good != visitor.visits) std::abort();
  if (good + count.torn + count.foreign + count.newer != lines) std::abort();
  (void)DescribePassedOver(count);
  return 0;
}
