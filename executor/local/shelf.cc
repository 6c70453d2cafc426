#include "executor/local/shelf.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr Code kCode = Code::kStateUnwritable;
constexpr std::string_view kKept = "/.kept";
constexpr std::string_view kRemoved = ".removed";  // beside the places' folders

Finding Failed(const std::string& path, int error) {
  return Finding{kCode, fmt::format("folder {}: {}", Quote(path), ErrorText(error))};
}

std::string Digest(std::string_view text) {
  constexpr std::size_t kCharacters = 12;
  return Sha256Hex(text).substr(0, kCharacters);
}

// Moves a folder of the user's to its shelf. What the user mounted on it goes.
int MoveFolder(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return 0;
  if (errno != EBUSY || umount2(from.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0) return errno;
  return MoveFolder(from, to);
}

std::string ShelfPath(const std::string& live, const std::string& shelf) {
  const auto slash = live.rfind('/');
  return fmt::format("{}{}{}/{}", live.substr(0, slash), kKept, live.substr(slash), shelf);
}

// What lies on a shelf, and since when.
struct Kept {
  std::chrono::system_clock::time_point since;
  std::string path;
};

std::vector<fs::path> FoldersIn(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    folders.push_back(each->path());
  }
  return folders;
}

// The longest waiting first.
std::vector<Kept> AllKept(const std::string& kept_folder) {
  std::vector<Kept> all;
  for (const fs::path& place : FoldersIn(kept_folder)) {
    if (place.filename() == kRemoved) continue;
    for (const fs::path& shelf : FoldersIn(place)) {
      struct stat st {};
      if (lstat(shelf.c_str(), &st) != 0) continue;
      all.push_back({std::chrono::system_clock::from_time_t(st.st_mtime), shelf});
    }
  }
  std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.since < b.since; });
  return all;
}

bool IsAlmostFull(const std::string& folder) {
  constexpr std::uint64_t kAll = 100;
  const auto is_low = [&](std::uint64_t free, std::uint64_t all) {
    return free < all / kAll * kMinFreePercent;
  };
  struct statvfs fs {};
  return statvfs(folder.c_str(), &fs) == 0 &&
         (is_low(fs.f_bavail, fs.f_blocks) || is_low(fs.f_favail, fs.f_files));
}

// Takes it off its shelf first: a job that comes meanwhile has all of it or nothing.
Status Remove(const std::string& path, const std::string& removed) {
  std::string to = removed + "/XXXXXX";
  if (mkdtemp(to.data()) == nullptr) return Failed(removed, errno);
  if (rename(path.c_str(), (to + "/kept").c_str()) != 0 && errno != ENOENT) {
    return Failed(path, errno);
  }
  return RemoveTree(to);
}

}  // namespace

std::string ShelfName(const JobResponse& response) {
  const std::string project = response.job().project_id.value_or("");
  std::set<std::string_view> forks;
  for (const Variable& each : response.variables()) {
    if (each.name == "CI_MERGE_REQUEST_SOURCE_PROJECT_ID") forks.insert(each.value.view());
  }
  // Where there are several, the server's is one of them.
  if (forks.size() > 1 || forks.contains("")) return "";
  const bool is_fork = !forks.empty() && *forks.begin() != project;
  return fmt::format("{}-{}-{}{}", Digest(response.Repository()), Digest(project),
                     response.job().ref_protected.value_or(false) ? "protected" : "open",
                     is_fork ? "-" + Digest(*forks.begin()) : "");
}

Status PutOnShelf(const std::string& live, const std::string& shelf) {
  struct stat st {};
  if (lstat(live.c_str(), &st) != 0) return errno == ENOENT ? Ok() : Status(Failed(live, errno));
  if (shelf.empty()) return RemoveTree(live);
  const std::string kept = ShelfPath(live, shelf);
  auto made = MakeFolders(fs::path(kept).parent_path(), 0700, kCode, "folder");
  if (!made) return made;
  if (MoveFolder(live, kept) != 0) return RemoveTree(live);
  // The job may have given it any time.
  if (utimensat(AT_FDCWD, kept.c_str(), nullptr, AT_SYMLINK_NOFOLLOW) != 0) {
    return Failed(kept, errno);
  }
  return Ok();
}

Status TakeFromShelf(const std::string& live, const std::string& shelf,
                     const std::optional<User>& user) {
  struct stat st {};
  const std::string kept = ShelfPath(live, shelf);
  if (!shelf.empty() && lstat(kept.c_str(), &st) == 0) {
    // A user who was deleted and made again may have another number.
    if (st.st_uid == (user ? user->uid : geteuid()) && rename(kept.c_str(), live.c_str()) == 0) {
      return Ok();
    }
    if (auto removed = RemoveTree(kept); !removed) return removed;
  }
  if (mkdir(live.c_str(), 0700) != 0) return Failed(live, errno);
  if (user && lchown(live.c_str(), user->uid, user->gid) != 0) return Failed(live, errno);
  return Ok();
}

Status PruneShelves(const std::string& folder, std::chrono::system_clock::time_point now) {
  const std::string kept_folder = folder + std::string(kKept);
  std::error_code error;
  if (!fs::exists(kept_folder, error)) return Ok();
  const std::string removed = fmt::format("{}/{}", kept_folder, kRemoved);
  Findings problems;
  // What an earlier call could not remove to its end.
  if (auto done = RemoveTree(removed); !done) Append(problems, std::move(done).findings());
  if (auto made = MakeFolders(removed, 0700, kCode, "folder"); !made) return made;
  for (const Kept& each : AllKept(kept_folder)) {
    if (now - each.since <= kKeptUnused && !IsAlmostFull(kept_folder)) break;
    auto done = Remove(each.path, removed);
    if (!done) Append(problems, std::move(done).findings());
  }
  return problems.empty() ? Ok() : Status(std::move(problems));
}

}  // namespace jobwarden
