#include "verifier/os/remove_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kStateUnwritable;
constexpr std::string_view kWhat = "folder of the job";

Finding Failed(const std::string& path, int error) {
  return Finding{kCode, fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(error))};
}

// Opens a folder in a folder so that its content can be listed and removed. Permissions do not stop
// root. For another user the folder is made accessible first. If a job has put a link there, the
// chmod follows it, which does no harm: that user can change only its own files.
Fd OpenIn(int parent, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(openat(parent, name.c_str(), kFlags));
  if (!fd && errno == EACCES && fchmodat(parent, name.c_str(), S_IRWXU, 0) == 0) {
    fd = Fd(openat(parent, name.c_str(), kFlags));
  }
  if (fd && geteuid() != 0) fchmod(fd.get(), S_IRWXU);
  return fd;
}

// Removes a file or an empty folder. Returns 0 or an errno: ENOTEMPTY for a folder with content.
int RemoveOne(int parent, const std::string& name) {
  if (unlinkat(parent, name.c_str(), 0) == 0) return 0;
  if (errno != EISDIR && errno != EPERM && errno != EBUSY) return errno;
  if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) return 0;
  if (errno != EBUSY) return errno == EEXIST ? ENOTEMPTY : errno;
  const std::string mounted = fmt::format("/proc/self/fd/{}/{}", parent, name);
  if (umount2(mounted.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0) return EBUSY;
  return RemoveOne(parent, name);
}

// Moves a folder into another one, under a name that is free there.
int Move(int from, const std::string& name, int to, std::size_t& moved) {
  for (bool opened = false;;) {
    const std::string free = fmt::format("moved-{}", moved);
    if (renameat2(from, name.c_str(), to, free.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno == EEXIST) {
      ++moved;
    } else if (errno == EACCES && !opened) {
      opened = true;
      if (fchmodat(from, name.c_str(), S_IRWXU, 0) != 0) return errno;
    } else {
      return errno;
    }
  }
}

// A tree that is being removed.
struct Removal {
  const std::string& path;
  const Fd& top;
  std::size_t moved = 0;  // folders that were moved to the top
};

// Removes the content of the folder. What lies too deep is moved to the top and not removed yet.
Status Empty(const Fd& folder, int depth, Removal& removal) {
  constexpr int kMaxDepth = 64;
  const auto names = ListFolder(folder, removal.path, kCode, kWhat);
  if (!names) return names.findings();
  for (const auto& name : *names) {
    int result = RemoveOne(folder.get(), name);
    if (result == ENOTEMPTY && depth == kMaxDepth) {
      result = Move(folder.get(), name, removal.top.get(), removal.moved);
    } else if (result == ENOTEMPTY) {
      const Fd inner = OpenIn(folder.get(), name);
      if (!inner) return Failed(removal.path, errno);
      if (auto emptied = Empty(inner, depth + 1, removal); !emptied) return emptied;
      result = RemoveOne(folder.get(), name);
    }
    if (result != 0 && result != ENOENT && result != ENOTEMPTY) {
      return Failed(removal.path, result);
    }
  }
  return Ok();
}

}  // namespace

Status RemoveTree(const std::string& path) {
  int error = RemoveOne(AT_FDCWD, path);
  if (error == 0 || error == ENOENT) return Ok();
  if (error != ENOTEMPTY) return Failed(path, error);
  const Fd top = OpenIn(AT_FDCWD, path);
  if (!top) return Failed(path, errno);
  for (Removal removal{path, top}; error == ENOTEMPTY; error = RemoveOne(AT_FDCWD, path)) {
    if (auto emptied = Empty(top, 0, removal); !emptied) return emptied;
  }
  return error == 0 ? Ok() : Status(Failed(path, error));
}

}  // namespace jobwarden
