#ifndef JOBWARDEN_EXECUTOR_LOCAL_HIDDEN_PATHS_H_
#define JOBWARDEN_EXECUTOR_LOCAL_HIDDEN_PATHS_H_

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"

namespace jobwarden {

/// Whether programs need what lies in this folder of the machine (`/`, `/usr`, `/etc`, `/var/lib`
/// themselves), so that nothing may take its place. The path is absolute and free of links.
bool IsNeededByPrograms(const std::filesystem::path& folder);

/// A file or folder that no job in a sandbox is to see.
struct HiddenPath {
  std::string path;       ///< empty, or not there: there is nothing to hide
  std::string_view what;  ///< for messages: `executor.builds_dir`
  /// The folder that it lies in is hidden with it, unless that is one that programs need (`/etc`):
  /// the new file that takes the place of a file is hidden too.
  bool with_folder = false;
};

/// Adds bubblewrap's arguments that hide each of `hidden`, wherever it lies on this machine, at all
/// names that links and mounts give it: an empty folder lies over a folder, an empty file over a
/// file. Where `user` cannot enter a folder on the way, that folder is hidden.
///
/// CONFIG_INVALID for a folder that cannot be hidden because programs need it.
Status AppendHidden(const std::vector<HiddenPath>& hidden, uid_t user,
                    std::vector<std::string>& command);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_HIDDEN_PATHS_H_
