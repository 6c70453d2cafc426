#include "hooks/step/mounts.h"

namespace jobwarden {

std::optional<std::string> PathHere(const std::vector<Mount>& mounts, std::string_view path) {
  for (const Mount& mount : mounts) {
    if (!path.starts_with(mount.inside)) continue;
    const std::string_view below = path.substr(mount.inside.size());
    if (below.empty() || below.starts_with("/")) return mount.here + std::string(below);
  }
  return std::nullopt;
}

}  // namespace jobwarden
