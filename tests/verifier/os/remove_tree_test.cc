#include "verifier/os/remove_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

BOOST_AUTO_TEST_SUITE(remove_tree)

BOOST_AUTO_TEST_CASE(a_tree_is_removed_and_what_lies_beside_it_stays) {
  const TempFolder folder;
  fs::create_directories(folder / "tree/a/b/c");
  fs::create_directories(folder / "tree/d");
  for (const char* name : {"tree/file", "tree/a/b/c/file", "tree/a/-rf", "tree/d/\n", "beside"}) {
    folder.Write(name, "x");
  }
  BOOST_TEST(bool(RemoveTree(folder / "tree")));
  BOOST_TEST(folder.Names() == std::set<std::string>{"beside"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_no_error) {
  const TempFolder folder;
  BOOST_TEST(bool(RemoveTree(folder / "nothing")));
}

BOOST_AUTO_TEST_CASE(a_link_is_removed_and_not_what_it_points_to) {
  const TempFolder folder;
  fs::create_directories(folder / "precious/inner");
  folder.Write("precious/file", "x");
  fs::create_directories(folder / "tree/deep");
  fs::create_symlink(folder / "precious", folder / "tree/link");
  fs::create_symlink("../../precious", folder / "tree/deep/link");
  fs::create_symlink(folder / "precious", folder / "link");
  BOOST_TEST(bool(RemoveTree(folder / "tree")));
  BOOST_TEST(bool(RemoveTree(folder / "link")));
  BOOST_TEST(fs::exists(folder / "precious/file"));
  BOOST_TEST(folder.Names() == std::set<std::string>{"precious"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(folders_without_permissions_are_removed) {
  const TempFolder folder;
  fs::create_directories(folder / "tree/a/b/c");
  folder.Write("tree/a/b/file", "x");
  for (const char* name : {"tree/a/b/c", "tree/a/b", "tree/a", "tree"}) {
    BOOST_REQUIRE_EQUAL(chmod((folder / name).c_str(), 0), 0);
  }
  BOOST_TEST(bool(RemoveTree(folder / "tree")));
  BOOST_TEST(folder.Names().empty());
}

// Such names are given to what lies too deep: two of it, and as many in the way.
BOOST_AUTO_TEST_CASE(names_that_removing_itself_would_give_are_no_obstacle) {
  const TempFolder folder;
  std::string deep = "tree";
  for (int i = 0; i < 70; ++i) deep += "/x";
  for (const std::string& name : {deep + "/a/b", deep + "/c/moved-0", std::string("tree/moved-0"),
                                  std::string("tree/moved-1/moved-1"), deep + "/moved-2/d"}) {
    fs::create_directories(folder / name);
  }
  folder.Write("tree/moved-2", "x");
  BOOST_TEST(bool(RemoveTree(folder / "tree")));
  BOOST_TEST(folder.Names().empty());
}

// Deeper than a path can be long, and than there may be open files.
BOOST_AUTO_TEST_CASE(no_depth_is_too_deep) {
  const TempFolder folder;
  BOOST_REQUIRE_EQUAL(mkdir((folder / "tree").c_str(), 0700), 0);
  Fd at(open((folder / "tree").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 1100; ++i) {
    BOOST_REQUIRE_EQUAL(mkdirat(at.get(), "one-deeper", 0700), 0);
    at = Fd(openat(at.get(), "one-deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  at.Close();
  BOOST_TEST(bool(RemoveTree(folder / "tree")));
  BOOST_TEST(folder.Names().empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_removed_is_said) {
  const auto removed = RemoveTree("/proc/self/status");
  BOOST_REQUIRE(!removed);
  BOOST_TEST((removed.findings()[0].code == Code::kStateUnwritable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
