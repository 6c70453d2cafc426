#include "verifier/wiring/github_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxUnit = 65'536;

/// The value that a unit gives last to a setting, as systemd reads it; `setting` ends with `=`.
std::string LastOf(std::string_view unit, std::string_view setting) {
  std::string_view value;
  while (!unit.empty()) {
    std::string_view line = unit.substr(0, unit.find('\n'));
    unit.remove_prefix(std::min(line.size() + 1, unit.size()));
    if (!TakePrefix(line, setting)) continue;
    while (line.ends_with('\r') || line.ends_with(' ') || line.ends_with('\t'))
      line.remove_suffix(1);
    value = line;
  }
  return std::string(value);
}

}  // namespace

std::vector<GitHubService> GitHubServices(const std::string& units) {
  std::vector<GitHubService> services;
  const auto folder = OpenFolder(units, Code::kConfigInvalid, "units");
  if (!folder || !*folder) return services;
  auto names = ListFolder(*folder, units, Code::kConfigInvalid, "units");
  if (!names) return services;
  for (const std::string& name : *names) {
    if (!name.starts_with("actions.runner.") || !name.ends_with(".service")) continue;
    const auto unit =
        ReadFile(fmt::format("{}/{}", units, name), kMaxUnit, Code::kConfigInvalid, "unit");
    if (!unit) continue;
    GitHubService service{LastOf(*unit, "WorkingDirectory="), LastOf(*unit, "User=")};
    if (!service.folder.starts_with('/')) continue;
    if (service.user.empty()) service.user = "root";
    const bool known = std::any_of(services.begin(), services.end(),
                                   [&](const auto& each) { return each.folder == service.folder; });
    if (!known) services.push_back(std::move(service));
  }
  return services;
}

}  // namespace jobwarden
