#ifndef JOBWARDEN_EXECUTOR_LOCAL_MOUNT_ALIASES_H_
#define JOBWARDEN_EXECUTOR_LOCAL_MOUNT_ALIASES_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A mount of this machine, as a line of /proc/self/mountinfo says it (proc(5)).
struct Mount {
  std::string device;           ///< `8:1`: the file system
  std::filesystem::path root;   ///< the folder, or file, of that file system which is mounted
  std::filesystem::path point;  ///< where it is mounted
  std::string type;             ///< `ext4`, `fuse.sshfs`
  std::string options;          ///< of the file system: `rw,user_id=1000`
};

/// The lines that can be read, in their order: a later mount lies over an earlier one.
std::vector<Mount> ParseMounts(std::string_view mountinfo);

/// Where else on this machine the file or folder at `path` can be found, whole or a part of it:
/// what bind mounts, and file systems that are mounted twice, show a second time. The path is
/// absolute and free of links. Names that lie below `path` itself are left out.
std::vector<std::filesystem::path> MountAliases(const std::filesystem::path& path,
                                                const std::vector<Mount>& mounts);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_MOUNT_ALIASES_H_
