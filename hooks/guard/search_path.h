#ifndef JOBWARDEN_HOOKS_GUARD_SEARCH_PATH_H_
#define JOBWARDEN_HOOKS_GUARD_SEARCH_PATH_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// Where a guard stands: the folder with its settings, and the name that it goes by.
struct GuardPlace {
  std::string folder;  ///< empty: it was started from no guard's folder
  std::string name;
};

/// `started` is the path that execve was given (AT_EXECFN). Where a link elsewhere leads to a link
/// in a guard's folder, the latter counts.
GuardPlace FindGuardPlace(const std::string& started);

/// PATH without the folders of guards, whichever way they are spelled.
std::string WithoutGuardFolders(std::string_view path);

/// All regular executable files of this name in `path`, in its order; never the program of this
/// very process.
std::vector<std::string> FindPrograms(std::string_view name, std::string_view path);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_SEARCH_PATH_H_
