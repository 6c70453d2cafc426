// Needs the right to mount: file systems that are full or read-only are made for real, each in a
// mount namespace of its own.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/verifier/os/support.h"
#include "verifier/os/below.h"
#include "verifier/os/tree_walk.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

constexpr uid_t kJobUser = 12345;

// Mounts a new tmpfs, which only this process sees; what went wrong, or nothing.
std::string MountTmpfs(const std::string& path, const std::string& options) {
  if (unshare(CLONE_NEWNS) != 0) return "unshare";
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "make private";
  if (mount("none", path.c_str(), "tmpfs", 0, options.c_str()) != 0) return "mount";
  return "";
}

std::string Check(const std::string& path, std::optional<uid_t> job_user) {
  const auto fd = OpenFile(path, kAnyCode, "thing");
  if (!fd) return Refusal(fd);
  return Refusal(CheckWriters(*fd, path, job_user, kAnyCode, "thing"));
}

std::string Expect(const std::string& expected, const std::string& got) {
  return expected == got ? "" : "expected " + expected + ", got " + got;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mounts)

BOOST_AUTO_TEST_CASE(a_file_system_that_is_read_only_excuses_modes_and_the_job_user) {
  const TempFolder folder;
  BOOST_TEST(InChild([&]() -> std::string {
    if (auto problem = MountTmpfs(folder.path(), "size=64k,mode=777"); !problem.empty()) {
      return problem;
    }
    const std::string path = folder.Write("f", "");
    if (chmod(path.c_str(), 0666) != 0) return "chmod";
    if (Check(path, kJobUser) == "fine") return "fine while it can be written";
    if (mount("none", folder.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      return "remount";
    }
    if (Check(path, std::nullopt) != "fine") return Check(path, std::nullopt);
    if (Check(path, 0) == "fine") return "fine although the folders above can be written";
    return Expect("fine", Check(path, kJobUser));
  }));
}

BOOST_AUTO_TEST_CASE(a_file_system_that_is_read_only_does_not_excuse_another_owner) {
  const TempFolder folder;
  BOOST_TEST(InChild([&]() -> std::string {
    if (auto problem = MountTmpfs(folder.path(), "size=64k,mode=755"); !problem.empty()) {
      return problem;
    }
    const std::string path = folder.Write("f", "");
    if (chown(path.c_str(), kJobUser, kJobUser) != 0) return "chown";
    if (mount("none", folder.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      return "remount";
    }
    return Expect("thing \"" + path + "\": belongs to user 12345, expected root | chown root \"" +
                      path + "\"",
                  Check(path, std::nullopt));
  }));
}

BOOST_AUTO_TEST_CASE(a_folder_of_the_job_user_above_a_read_only_mount_is_refused) {
  const TempFolder folder;
  BOOST_TEST(InChild([&]() -> std::string {
    if (auto problem = MountTmpfs(folder.path(), "size=64k,mode=755"); !problem.empty()) {
      return problem;
    }
    const std::string home = folder / "home";
    const std::string mounted = folder / "home/conf";
    if (mkdir(home.c_str(), 0755) != 0 || mkdir(mounted.c_str(), 0755) != 0) return "mkdir";
    if (mount("none", mounted.c_str(), "tmpfs", MS_RDONLY, "size=64k,mode=755") != 0) {
      return "mount";
    }
    if (chown(home.c_str(), kJobUser, kJobUser) != 0 || seteuid(kJobUser) != 0) return "chown";
    const auto fd = OpenFolder(mounted, kAnyCode, "thing");
    if (!fd || !*fd) return "open";
    const auto got = Refusal(CheckWriters(*fd, mounted, kJobUser, kAnyCode, "thing"));
    return got.starts_with("thing \"" + mounted + "\": its folder \"" + home +
                           "\" can be written by user 12345")
               ? ""
               : got;
  }));
}

BOOST_AUTO_TEST_CASE(a_walk_enters_no_mount_point_and_says_so) {
  const TempFolder folder;
  BOOST_TEST(InChild([&]() -> std::string {
    const std::string mounted = folder / "d";
    const std::string file = folder.Write("f", "x");
    if (mkdir(mounted.c_str(), 0755) != 0) return "mkdir";
    if (auto problem = MountTmpfs(mounted, "size=64k"); !problem.empty()) return problem;
    folder.Write("d/f", "x");
    const Fd top(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const TreeReader reader{0, [](std::string_view) { return false; },
                            [](const TreePiece& piece) { return piece.path == "f"; }};
    const TreeLimits limits{.time = std::chrono::minutes(1)};
    const std::string got = ReadTree(top, reader, limits);
    if (got != "folder \"d\" is a mount point") return "got " + got;
    // A mounted file, on the same file system too.
    if (umount(mounted.c_str()) != 0) return "umount";
    if (mount(file.c_str(), file.c_str(), nullptr, MS_BIND, nullptr) != 0) return "bind";
    return Expect("file \"f\" is a mount point", ReadTree(top, reader, limits));
  }));
}

BOOST_AUTO_TEST_CASE(nothing_below_a_mount_point_is_opened_with_openat2_and_without) {
  const TempFolder folder;
  BOOST_TEST(InChild([&]() -> std::string {
    for (const char* name : {"other", "same", "from"}) {
      if (mkdir((folder / name).c_str(), 0755) != 0) return "mkdir";
    }
    if (auto problem = MountTmpfs(folder / "other", "size=64k"); !problem.empty()) return problem;
    const std::string from = folder / "from";
    if (mount(from.c_str(), (folder / "same").c_str(), nullptr, MS_BIND, nullptr) != 0)
      return "bind";
    for (const char* name : {"other", "same"}) folder.Write(std::string(name) + "/f", "x");
    const Fd top(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (const auto open_below : {OpenAtOnce, OpenStepByStep}) {
      for (const char* path : {"other", "other/f", "same", "same/f"}) {
        errno = 0;
        if (open_below(top.get(), path, O_RDONLY | O_CLOEXEC) || errno != EXDEV) return path;
      }
      if (!open_below(top.get(), "from/f", O_RDONLY | O_CLOEXEC)) return "not opened";
    }
    return "";
  }));
}

BOOST_AUTO_TEST_CASE(a_full_disk_keeps_the_old_file_and_the_whole_lines) {
  const TempFolder folder;
  BOOST_TEST(InChild([&]() -> std::string {
    if (auto problem = MountTmpfs(folder.path(), "size=16k,mode=700"); !problem.empty()) {
      return problem;
    }
    const std::string path = folder.Write("f", "old");
    const std::string full = "\": No space left on device | free space on that file system";
    std::string got =
        Refusal(WriteFileAtomically(path, std::string(64 << 10, 'x'), 0600, kAnyCode, "thing"));
    if (got != "thing \"" + path + full) return got;
    if (Slurp(path) != "old") return "the old file is gone";
    if (folder.Names() != std::set<std::string>{"f"}) return "something is left";

    const std::string log = folder / "log";
    const std::string line(1000, 'y');
    std::string lines;
    for (int i = 0; i < 64; ++i) {
      const std::string appended = Refusal(AppendLine(log, line, kAnyCode, "thing"));
      if (appended != "fine") return Expect("thing \"" + log + full, appended);
      lines += line + '\n';
      if (Slurp(log) != lines) return "a line is missing";
    }
    return "the disk was never full";
  }));
}

BOOST_AUTO_TEST_SUITE_END()
