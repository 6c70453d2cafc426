#ifndef JOBWARDEN_HOOKS_STEP_MOUNTS_H_
#define JOBWARDEN_HOOKS_STEP_MOUNTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A folder of a container that is a folder of this machine. Both are absolute and normal: no `.`,
/// no `..`, no slash at the end.
struct Mount {
  std::string inside;
  std::string here;
};

/// Where a path of the container, absolute and normal, lies on this machine, by the first mount
/// that holds it. Nothing where it is in the container's image, which nobody here can see.
std::optional<std::string> PathHere(const std::vector<Mount>& mounts, std::string_view path);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_MOUNTS_H_
