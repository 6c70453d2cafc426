#include "verifier/wiring/github_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxUnit = 65'536;

/// The folder that a unit names last, as systemd reads it.
std::string WorkingDirectory(std::string_view unit) {
  std::string_view folder;
  while (!unit.empty()) {
    std::string_view line = unit.substr(0, unit.find('\n'));
    unit.remove_prefix(std::min(line.size() + 1, unit.size()));
    if (!TakePrefix(line, "WorkingDirectory=")) continue;
    while (line.ends_with('\r') || line.ends_with(' ') || line.ends_with('\t'))
      line.remove_suffix(1);
    folder = line;
  }
  return std::string(folder);
}

}  // namespace

std::vector<std::string> GitHubRunnerFolders(const std::string& units) {
  std::vector<std::string> folders;
  const auto folder = OpenFolder(units, Code::kConfigInvalid, "units");
  if (!folder || !*folder) return folders;
  auto names = ListFolder(*folder, units, Code::kConfigInvalid, "units");
  if (!names) return folders;
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    if (!name.starts_with("actions.runner.") || !name.ends_with(".service")) continue;
    const auto unit =
        ReadFile(fmt::format("{}/{}", units, name), kMaxUnit, Code::kConfigInvalid, "unit");
    if (!unit) continue;
    std::string path = WorkingDirectory(*unit);
    if (!path.starts_with('/')) continue;
    if (std::find(folders.begin(), folders.end(), path) == folders.end()) {
      folders.push_back(std::move(path));
    }
  }
  return folders;
}

}  // namespace jobwarden
