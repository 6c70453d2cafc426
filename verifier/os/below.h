#ifndef JOBWARDEN_VERIFIER_OS_BELOW_H_
#define JOBWARDEN_VERIFIER_OS_BELOW_H_

#include <filesystem>
#include <optional>
#include <string>

#include "verifier/os/fd.h"

namespace jobwarden {

// Whether a path lies below a folder: by its names, and by what the kernel opens.

/// Whether `path` is the folder or lies below it, by its names. Both are absolute and normal.
bool IsBelow(const std::filesystem::path& path, const std::filesystem::path& folder);

/// The path relative to the folder `top`, by its names; nothing when it does not lie below `top`.
/// Both are absolute. `path` may name `top` with links or without them.
std::optional<std::string> PathBelow(const std::string& top, const std::string& path);

/// Opens the file or folder at the relative path `path` below an open folder. It follows no link,
/// also at the end of the path, enters no mount point, never leaves the folder, and never blocks on
/// a FIFO. `flags` as for open(2), with O_CLOEXEC; they make no file. Empty, with errno, when it
/// fails.
Fd OpenBelow(int folder, const std::string& path, int flags);

/// OpenBelow by one call of the system, openat2 (Linux 5.6).
Fd OpenAtOnce(int folder, const std::string& path, int flags);

/// OpenBelow where openat2 is absent: each name of the path is opened in the folder before it,
/// which takes about twice as long. ENOSYS where neither the file system nor /proc says which
/// mount a file lies on.
Fd OpenStepByStep(int folder, const std::string& path, int flags);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_BELOW_H_
