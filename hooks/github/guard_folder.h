#ifndef JOBWARDEN_HOOKS_GITHUB_GUARD_FOLDER_H_
#define JOBWARDEN_HOOKS_GITHUB_GUARD_FOLDER_H_

#include <string>
#include <string_view>

#include "hooks/guard/settings.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// Makes the step guard's folder: the settings, then links to the program `jobwarden-guard`, which
/// lies beside this program. The links have those names of kGuardedNames for which `path` (in the
/// form of PATH) has a program, and the settings say which. An older folder is removed first.
/// STATE_UNWRITABLE; DRIVER_FAILED when the guard is absent.
Status MakeGuardFolder(const std::string& folder, const GuardSettings& settings,
                       std::string_view path);

/// Removes the folder that MakeGuardFolder makes, the links first, and everything else in it. Links
/// are not followed. An absent folder is not an error. STATE_UNWRITABLE.
Status RemoveGuardFolder(const std::string& folder);

/// Appends a folder to the file GITHUB_PATH, so that the runner puts it before the PATH of all
/// steps. The file must exist, because the runner makes it. STATE_UNWRITABLE, also for a folder
/// with a name that PATH cannot hold.
Status PutOnPath(const std::string& github_path_file, const std::string& folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_GUARD_FOLDER_H_
