#include "verifier/report/host_names.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

namespace jobwarden {
namespace {

constexpr std::string_view kDigits = "0123456789";

// The path without what logrotate added: `.1`, `-20261101`, `.gz`.
std::string WithoutRotation(std::string path) {
  if (path.ends_with(".gz")) path.erase(path.size() - 3);
  const std::size_t mark = path.find_last_not_of(kDigits);
  const bool is_rotated = mark != std::string::npos && mark + 1 < path.size() && mark > 0 &&
                          (path[mark] == '.' || path[mark] == '-');
  if (is_rotated) path.erase(mark);
  return path;
}

}  // namespace

std::map<std::string, std::string> HostNames(const std::vector<std::string>& files) {
  std::map<std::string, std::string> bases;
  std::set<std::string> different;
  std::set<std::string> last;
  for (const std::string& file : files) {
    const std::string base = WithoutRotation(file);
    bases[file] = base;
    different.insert(base);
    last.insert(std::filesystem::path(base).filename().string());
  }
  const bool by_folder = different.size() > 1 && last.size() == 1;
  const auto name = [&](const std::filesystem::path& base) {
    return by_folder ? base.parent_path().filename().string() : base.stem().string();
  };
  std::set<std::string> names;
  for (const std::string& base : different) names.insert(name(base));
  const bool tells_apart = names.size() == different.size() && !names.contains("");
  for (auto& [file, base] : bases) {
    if (tells_apart) base = name(base);
  }
  return bases;
}

}  // namespace jobwarden
