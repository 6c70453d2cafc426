#ifndef JOBWARDEN_HOOKS_STEP_PATHS_H_
#define JOBWARDEN_HOOKS_STEP_PATHS_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace jobwarden {

// Paths as the words of a script name them, by their text alone: nothing is looked up.

/// No path is so long (PATH_MAX).
inline constexpr std::size_t kMaxPathBytes = 4096;

/// The absolute path without `.`, `..` and doubled slashes. REQUIRES: it is absolute.
std::string NormalPath(std::string_view path);

/// The normal path of what `name` names in an absolute folder; an absolute `name` is itself.
std::string JoinPath(std::string_view folder, std::string_view name);

/// Whether the path is the folder or lies below it. Both are normal; nothing lies in "".
bool IsInside(std::string_view path, std::string_view folder);

/// The folder that a normal path lies in.
std::string_view FolderOf(std::string_view path);

/// The last dot of the path's name and what follows it; empty where the name only begins with one.
std::string_view EndingOf(std::string_view path);

/// Whether a word may be a path at all: no option, with a letter or digit, under kMaxPathBytes.
bool MayBePath(std::string_view word);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_PATHS_H_
