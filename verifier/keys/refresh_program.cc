#include "verifier/keys/refresh_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kKeysUnavailable;
constexpr std::string_view kWhat = "key refresh";

// Fit to be shown as it is: jobwarden quotes whatever a stranger wrote, a loader's error does not.
bool IsPlain(std::string_view line) {
  return IsUtf8(line) && std::none_of(line.begin(), line.end(),
                                      [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// The last finding that was printed, `jobwarden: CODE: MESSAGE` and a line `  hint: HINT`, or else
// the last line.
Finding Reason(const ProgramEnd& end) {
  constexpr std::string_view kProgram = "jobwarden: ";
  constexpr std::string_view kHint = "  hint: ";
  Finding finding{kCode, fmt::format("{}: ended with {}", kWhat, end.exit_code), "", {}, false};
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
    for (const Code code : {Code::kKeysUnavailable, Code::kStateUnwritable, Code::kConfigInvalid}) {
      const std::string name = fmt::format("{}: ", CodeName(code));
      if (shown.starts_with(name)) shown.erase(0, name.size());
    }
    finding.message = std::move(shown);
    finding.hint.clear();
  }
  return finding;
}

}  // namespace

std::vector<std::string> ProxyEnvironment() {
  std::vector<std::string> environment;
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy",
                           "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
    if (const char* value = std::getenv(name)) {
      environment.push_back(fmt::format("{}={}", name, value));
    }
  }
  return environment;
}

Refresh RefreshByProgram(std::string config_path, std::vector<std::string> environment) {
  return [config_path = std::move(config_path),
          environment = std::move(environment)](const Issuer& issuer) -> Status {
    auto path = SiblingProgram("jobwarden", kCode);
    if (!path) return std::move(path).findings();
    const Program program{
        .path = *path,
        .arguments = {"keys", "refresh", "--issuer", issuer.name, "--config", config_path},
        .environment = environment,
        .input = {},
        .timeout = RefreshTimeout(issuer)};
    const auto end = RunProgram(program, kCode, kWhat);
    if (!end) return end.findings();
    if (end->timed_out) {
      return Finding{
          kCode,
          fmt::format("{}: not done after {} seconds", kWhat, RefreshTimeout(issuer).count()),
          "",
          {},
          false};
    }
    if (end->exit_code != 0) return Reason(*end);
    return Ok();
  };
}

}  // namespace jobwarden
