#include "hooks/step/paths.h"

#include <algorithm>

namespace jobwarden {

std::string NormalPath(std::string_view path) {
  std::string normal;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      normal.resize(normal.empty() ? 0 : normal.rfind('/'));
    } else {
      normal.append("/").append(part);
    }
  }
  return normal.empty() ? "/" : normal;
}

std::string JoinPath(std::string_view folder, std::string_view name) {
  return NormalPath(name.starts_with("/") ? std::string(name)
                                          : std::string(folder).append("/").append(name));
}

bool IsInside(std::string_view path, std::string_view folder) {
  return !folder.empty() && path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string_view FolderOf(std::string_view path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::string_view EndingOf(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  return dot == name.npos || dot == 0 ? "" : name.substr(dot);
}

bool MayBePath(std::string_view word) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) > '\x7f';
  };
  return word.size() < kMaxPathBytes && !word.starts_with("-") &&
         std::any_of(word.begin(), word.end(), is_letter);
}

}  // namespace jobwarden
