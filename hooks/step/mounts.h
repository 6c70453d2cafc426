#ifndef JOBWARDEN_HOOKS_STEP_MOUNTS_H_
#define JOBWARDEN_HOOKS_STEP_MOUNTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A folder of this machine that is mounted into a container. Both paths are absolute and normal:
/// no
/// `.`, no `..`, no slash at the end.
struct Mount {
  std::string inside;
  std::string here;
};

/// The path on this machine of a path of the container, which is absolute and normal, by the first
/// mount that contains it. Nothing if it is in the container's image, which cannot be read from
/// here.
std::optional<std::string> PathHere(const std::vector<Mount>& mounts, std::string_view path);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_MOUNTS_H_
