#include "hooks/guard/search_path.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "hooks/guard/settings.h"

namespace jobwarden {
namespace {

constexpr int kMaxLinks = 40;  // as many as the kernel follows

std::string Join(std::string_view folder, std::string_view name) {
  // An empty part of PATH is the working folder.
  return std::string(folder.empty() ? "." : folder).append("/").append(name);
}

bool IsGuardFolder(std::string_view folder) {
  return access(Join(folder, kGuardSettingsName).c_str(), F_OK) == 0;
}

std::vector<std::string_view> Parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(path.find(':'), path.size());
    parts.push_back(path.substr(0, end));
    if (end == path.size()) return parts;
    path.remove_prefix(end + 1);
  }
}

}  // namespace

GuardStart FindGuardStart(const std::string& started) {
  std::string path = started;
  for (int links = 0; links < kMaxLinks; ++links) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == path.npos ? "." : path.substr(0, slash);
    if (IsGuardFolder(folder)) return {folder, path.substr(slash + 1)};
    std::string target(PATH_MAX, '\0');
    const ssize_t size = readlink(path.c_str(), target.data(), target.size());
    if (size <= 0) break;
    target.resize(static_cast<std::size_t>(size));
    path = target.starts_with("/") ? target : Join(folder, target);
  }
  return {"", started.substr(started.rfind('/') + 1)};
}

std::string WithoutGuardFolders(std::string_view path) {
  std::string kept;
  bool first = true;
  for (const std::string_view part : Parts(path)) {
    if (IsGuardFolder(part)) continue;
    if (!first) kept += ':';
    kept += part;
    first = false;
  }
  return kept;
}

std::vector<std::string> FindPrograms(std::string_view name, std::string_view path) {
  struct stat own = {};
  const bool known = stat("/proc/self/exe", &own) == 0;
  std::vector<std::string> programs;
  for (const std::string_view part : Parts(path)) {
    std::string program = Join(part, name);
    struct stat file = {};
    if (stat(program.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) continue;
    if (access(program.c_str(), X_OK) != 0) continue;
    if (known && file.st_dev == own.st_dev && file.st_ino == own.st_ino) continue;
    programs.push_back(std::move(program));
  }
  return programs;
}

}  // namespace jobwarden
