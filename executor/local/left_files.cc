#include "executor/local/left_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kStateUnwritable;
constexpr std::string_view kWhat = "folder";

// In such a folder nobody but root and the owner of a file can put another in its place.
bool IsRootsAndOpen(const struct statx& st) {
  constexpr unsigned kOpen = S_IWOTH | S_ISVTX;
  return S_ISDIR(st.stx_mode) && st.stx_uid == 0 && (st.stx_mode & kOpen) == kOpen;
}

// What the kernel knows of a file without asking the file system's server, which may be dead. False
// where the file is gone, or a file system is mounted there.
bool Look(const Fd& folder, const std::string& name, const struct statx& above, struct statx& st) {
  constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
  return statx(folder.get(), name.c_str(), kFlags, STATX_TYPE | STATX_MODE | STATX_UID, &st) == 0 &&
         st.stx_dev_major == above.stx_dev_major && st.stx_dev_minor == above.stx_dev_minor;
}

void RemoveIn(const std::string& path, const UserIds& ids, bool below, Findings& problems) {
  const auto folder = OpenFolder(path, kCode, kWhat);
  if (!folder) return Append(problems, folder.findings());
  if (!*folder) return;  // this machine has none
  const auto names = ListFolder(*folder, path, kCode, kWhat);
  if (!names) return Append(problems, names.findings());
  struct statx above {};
  if (statx(folder->get(), "", AT_EMPTY_PATH, STATX_TYPE, &above) != 0) {
    problems.push_back({kCode, fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(errno))});
    return;
  }
  for (const std::string& name : *names) {
    struct statx st {};
    if (!Look(*folder, name, above, st)) continue;
    const std::string inner = fmt::format("{}/{}", path, name);
    if (ids.Has(st.stx_uid)) {
      auto removed = RemoveTree(inner);
      if (!removed) Append(problems, std::move(removed).findings());
    } else if (below && IsRootsAndOpen(st)) {
      RemoveIn(inner, ids, false, problems);
    }
  }
}

}  // namespace

std::vector<std::string> OpenFolders() {
  return {"/tmp", "/var/tmp", "/dev/shm", "/run/lock"};
}

Status RemoveLeftFiles(const User& user, const std::vector<std::string>& folders) {
  const UserIds ids = IdsOf(user);
  Findings problems;
  for (const std::string& folder : folders) RemoveIn(folder, ids, true, problems);
  return problems.empty() ? Ok() : Status(std::move(problems));
}

}  // namespace jobwarden
