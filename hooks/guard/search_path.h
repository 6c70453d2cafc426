#ifndef JOBWARDEN_HOOKS_GUARD_SEARCH_PATH_H_
#define JOBWARDEN_HOOKS_GUARD_SEARCH_PATH_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// How a guard was started: from which folder of guards, and under which name.
struct GuardStart {
  std::string folder;  ///< empty: it was not started from a folder of guards
  std::string name;
};

/// `started` is the path that execve got (AT_EXECFN). If a link elsewhere leads to a link in a
/// folder of guards, the second link counts.
GuardStart FindGuardStart(const std::string& started);

/// PATH without the folders of guards, however they are spelled.
std::string WithoutGuardFolders(std::string_view path);

/// All regular executable files of this name in the folders of `path`, in their order. This
/// process's own program is left out.
std::vector<std::string> FindPrograms(std::string_view name, std::string_view path);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_SEARCH_PATH_H_
