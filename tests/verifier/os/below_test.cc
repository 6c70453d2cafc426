#include "verifier/os/below.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "tests/support/refused_call.h"
#include "tests/verifier/os/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

constexpr std::array kWays{OpenBelow, OpenAtOnce, OpenStepByStep};

}  // namespace

BOOST_AUTO_TEST_SUITE(below)

BOOST_AUTO_TEST_CASE(opening_a_fifo_below_does_not_block) {
  const TempFolder folder;
  BOOST_REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const Fd top(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const auto open_below : kWays) {
    BOOST_TEST(static_cast<bool>(open_below(top.get(), "fifo", O_RDONLY | O_CLOEXEC)));
  }
}

BOOST_AUTO_TEST_CASE(a_path_below_a_folder_is_known_by_its_names) {
  const auto to = [](const char* path) { return PathBelow("/a/b", path).value_or("nothing"); };
  BOOST_TEST(to("/a/b/c") == "c");
  BOOST_TEST(to("/a//b/./c/../d/e") == "d/e");
  BOOST_TEST(PathBelow("/a/b/", "/a/b/c").value_or("nothing") == "c");
  BOOST_TEST(PathBelow("/", "/a").value_or("nothing") == "a");
  for (const char* path : {"/a/b", "/a/b/", "/a", "/", "/a/bc", "/a/b/../c", "a/b/c", ""}) {
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(to(path) == "nothing");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_folder_above_may_be_named_with_links_and_without) {
  const TempFolder folder;
  fs::create_directory(folder / "real");
  fs::create_symlink("real", folder / "link");
  BOOST_TEST(PathBelow(folder / "link", folder / "link/a").value_or("nothing") == "a");
  BOOST_TEST(PathBelow(folder / "link", folder / "real/a").value_or("nothing") == "a");
  BOOST_TEST(PathBelow(folder / "real", folder / "link/a").value_or("nothing") == "nothing");
}

BOOST_AUTO_TEST_CASE(nothing_outside_is_opened_below) {
  const TempFolder folder;
  fs::create_directories(folder / "a/b");
  folder.Write("f", "");
  folder.Write("a/file", "content");
  fs::create_symlink("b", folder / "a/link");
  const Fd top(open((folder / "a").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const auto open_below : kWays) {
    for (const char* path : {"b", "b/", ".", "./b/.", "b/..", "b/../file", "b/../b/../file"}) {
      BOOST_TEST(static_cast<bool>(open_below(top.get(), path, O_RDONLY | O_CLOEXEC)), path);
    }
    for (const auto& [path, error] : std::map<std::string, int>{{"../f", EXDEV},
                                                                {"b/../../f", EXDEV},
                                                                {"/etc", EXDEV},
                                                                {"link", ELOOP},
                                                                {"link/..", ELOOP},
                                                                {"c", ENOENT},
                                                                {"", ENOENT},
                                                                {"file/x", ENOTDIR}}) {
      BOOST_TEST_CONTEXT(path) {
        errno = 0;
        BOOST_TEST(!open_below(top.get(), path, O_RDONLY | O_CLOEXEC));
        BOOST_TEST(errno == error);
      }
    }
    const Fd file = open_below(top.get(), "b/../file", O_RDONLY | O_CLOEXEC);
    const auto bytes = ReadAll(file, "file", 100, kAnyCode, "file");
    BOOST_TEST((bytes && *bytes == "content"));
    BOOST_TEST((fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
    errno = 0;
    BOOST_TEST(!open_below(top.get(), "file", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    BOOST_TEST(errno == ENOTDIR);
  }
}

BOOST_AUTO_TEST_CASE(a_tree_deeper_than_the_limit_on_descriptors_is_opened) {
  const TempFolder folder;
  std::string path = "a";
  for (int depth = 1; depth < 200; ++depth) path += "/a";
  fs::create_directories(folder / path);
  const Fd top(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  BOOST_TEST(InChild([&]() -> std::string {
    const rlimit few{32, 32};
    if (setrlimit(RLIMIT_NOFILE, &few) != 0) return "setrlimit";
    for (const auto open_below : kWays) {
      if (!open_below(top.get(), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) return "not opened";
    }
    return "";
  }));
}

BOOST_AUTO_TEST_CASE(a_kernel_without_openat2_opens_the_same) {
  const TempFolder folder;
  fs::create_directories(folder / "a/b");
  fs::create_symlink("a", folder / "link");
  for (const auto& [error, more] : {std::pair(ENOSYS, SYS_openat2), std::pair(EPERM, SYS_openat2),
                                    std::pair(EPERM, SYS_name_to_handle_at)}) {
    BOOST_TEST(InChild([&]() -> std::string {
      const Fd top(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!RefuseCall(SYS_openat2, error) || !RefuseCall(more, error)) return "no filter";
      if (OpenAtOnce(top.get(), "a/b", O_RDONLY | O_CLOEXEC) || errno != error)
        return "not refused";
      if (!OpenBelow(top.get(), "a/b", O_RDONLY | O_CLOEXEC)) return "not opened";
      if (OpenBelow(top.get(), "link/b", O_RDONLY | O_CLOEXEC)) return "link followed";
      return errno == ELOOP ? "" : "another error";
    }));
  }
}

BOOST_AUTO_TEST_CASE(a_folder_is_below_itself_and_a_longer_name_is_not) {
  BOOST_TEST(IsBelow("/a/b", "/a/b"));
  BOOST_TEST(IsBelow("/a/b/c", "/a/b"));
  BOOST_TEST(IsBelow("/a", "/"));
  BOOST_TEST(!IsBelow("/a/bc", "/a/b"));
  BOOST_TEST(!IsBelow("/a", "/a/b"));
}

BOOST_AUTO_TEST_SUITE_END()
