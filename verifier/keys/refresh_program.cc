#include "verifier/keys/refresh_program.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "verifier/os/process.h"
#include "verifier/os/program_finding.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kKeysUnavailable;
constexpr std::string_view kWhat = "key refresh";

}  // namespace

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
    if (end->timed_out || end->exit_code != 0) {
      return FindingOf(*end, kCode, kWhat, RefreshTimeout(issuer));
    }
    return Ok();
  };
}

}  // namespace jobwarden
