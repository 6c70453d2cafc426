#include "executor/local/mount_aliases.h"

#include <sstream>

#include "verifier/os/below.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

// The kernel writes space, tab, newline and backslash as `\` and three octal digits.
std::string Unescape(const std::string& text) {
  constexpr std::size_t kDigits = 3;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits = text[i] == '\\' ? text.substr(i + 1, kDigits) : "";
    if (digits.size() != kDigits || digits.find_first_not_of("01234567") != std::string::npos) {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>(std::stoi(digits, nullptr, 8));
    i += kDigits;
  }
  return plain;
}

// `path` below another folder than the one that it lies below now.
fs::path Moved(const fs::path& path, const fs::path& from, const fs::path& to) {
  const fs::path rest = path.lexically_relative(from);
  return rest == "." ? to : (to / rest).lexically_normal();
}

// The mount that shows what is at `path`: of the deepest mount points the last one.
const Mount* MountOf(const fs::path& path, const std::vector<Mount>& mounts) {
  const Mount* found = nullptr;
  for (const Mount& each : mounts) {
    if (!IsBelow(path, each.point)) continue;
    if (found == nullptr || IsBelow(each.point, found->point)) found = &each;
  }
  return found;
}

}  // namespace

std::vector<Mount> ParseMounts(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id;
    std::string parent;
    std::string device;
    std::string root;
    std::string point;
    if (!(words >> id >> parent >> device >> root >> point)) continue;
    std::string word;
    while (words >> word && word != "-") continue;  // options of the mount, and optional fields
    std::string type;
    std::string source;
    std::string options;
    words >> type >> source >> options;
    mounts.push_back({device, Unescape(root), Unescape(point), type, options});
  }
  return mounts;
}

std::vector<fs::path> MountAliases(const fs::path& path, const std::vector<Mount>& mounts) {
  std::vector<fs::path> aliases;
  const Mount* own = MountOf(path, mounts);
  if (own == nullptr) return aliases;
  const fs::path in_file_system = Moved(path, own->point, own->root);
  for (const Mount& each : mounts) {
    if (each.device != own->device) continue;
    const bool whole = IsBelow(in_file_system, each.root);
    if (!whole && !IsBelow(each.root, in_file_system)) continue;
    fs::path alias = whole ? Moved(in_file_system, each.root, each.point) : each.point;
    if (!IsBelow(alias, path)) aliases.push_back(std::move(alias));
  }
  return aliases;
}

}  // namespace jobwarden
