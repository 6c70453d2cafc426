#ifndef JOBWARDEN_HOOKS_GITHUB_GUARD_FOLDER_H_
#define JOBWARDEN_HOOKS_GITHUB_GUARD_FOLDER_H_

#include <string>
#include <string_view>

#include "hooks/guard/settings.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// Makes the step guard's folder: the settings, then links to the program `jobwarden-guard` beside
/// this one, under those of kGuardedNames that `path` (as PATH is written) has a program for. An
/// old folder there is removed first. STATE_UNWRITABLE; DRIVER_FAILED where there is no guard.
Status MakeGuardFolder(const std::string& folder, const GuardSettings& settings,
                       std::string_view path);

/// Removes what MakeGuardFolder makes, the links first. An absent folder is no error; what lies
/// there besides is removed too, but nothing is followed out of it. STATE_UNWRITABLE.
Status RemoveGuardFolder(const std::string& folder);

/// Appends a folder to the file GITHUB_PATH, for the runner to put it in front of the PATH of all
/// steps. The file must be there, for the runner makes it. STATE_UNWRITABLE, also for a folder
/// whose name PATH cannot hold.
Status PutOnPath(const std::string& github_path_file, const std::string& folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_GUARD_FOLDER_H_
