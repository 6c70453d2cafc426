#include "verifier/os/program_finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

// Whether the line can be shown as it is. jobwarden quotes what a stranger wrote; a loader does
// not.
bool IsPlain(std::string_view line) {
  return IsUtf8(line) && std::none_of(line.begin(), line.end(),
                                      [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

Finding FindingOf(const ProgramEnd& end, Code code, std::string_view what,
                  std::chrono::seconds timeout) {
  constexpr std::string_view kProgram = "jobwarden: ";
  constexpr std::string_view kHint = "  hint: ";
  if (end.timed_out) {
    return {code, fmt::format("{}: not done after {} seconds", what, timeout.count())};
  }
  Finding finding{code, fmt::format("{}: ended with {}", what, end.exit_code)};
  for (std::string_view rest = end.errors; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) continue;
    std::string shown = IsPlain(line) ? std::string(line) : Quote(line);
    if (shown.starts_with(kHint)) {
      finding.hint = shown.substr(kHint.size());
      continue;
    }
    if (shown.starts_with(kProgram)) shown.erase(0, kProgram.size());
    const std::size_t colon = shown.find(": ");
    if (colon != shown.npos && CodeFromName(std::string_view(shown).substr(0, colon))) {
      shown.erase(0, colon + 2);
    }
    finding.message = std::move(shown);
    finding.hint.clear();
  }
  return finding;
}

}  // namespace jobwarden
