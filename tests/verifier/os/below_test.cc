#include "verifier/os/below.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <string>

#include "tests/verifier/os/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(below)

BOOST_AUTO_TEST_CASE(opening_a_fifo_below_does_not_block) {
  const TempFolder folder;
  BOOST_REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const Fd top(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  BOOST_TEST(static_cast<bool>(OpenBelow(top.get(), "fifo", O_RDONLY | O_CLOEXEC)));
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
  fs::create_symlink("b", folder / "a/link");
  const Fd top(open((folder / "a").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  BOOST_TEST(static_cast<bool>(OpenBelow(top.get(), "b", O_RDONLY | O_CLOEXEC)));
  for (const auto& [path, error] : std::map<std::string, int>{
           {"../f", EXDEV}, {"/etc", EXDEV}, {"link", ELOOP}, {"link/..", ELOOP}, {"c", ENOENT}}) {
    BOOST_TEST_CONTEXT(path) {
      errno = 0;
      BOOST_TEST(!OpenBelow(top.get(), path, O_RDONLY | O_CLOEXEC));
      BOOST_TEST(errno == error);
    }
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
