// What a job's user leaves where every user may write. For root.

#include "executor/local/left_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::TempFolder;

namespace {

namespace fs = std::filesystem;

const User kUser{"jobwarden-test", 61'001, 65'534, "/", "/bin/sh"};
constexpr uid_t kOther = 61'002;

void Give(const std::string& path, uid_t user) {
  BOOST_REQUIRE(lchown(path.c_str(), user, 65'534) == 0);
}

std::string OpenFolderIn(const TempFolder& folder, const std::string& name) {
  std::string path = folder.path() + "/" + name;
  fs::create_directories(path);
  chmod(path.c_str(), 01777);
  return path;
}

void File(const std::string& path, uid_t user) {
  std::ofstream(path) << "x";
  Give(path, user);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(left_files)

BOOST_AUTO_TEST_CASE(files_of_the_user_go_and_those_of_others_stay) {
  const TempFolder folder;
  const std::string open = OpenFolderIn(folder, "open");
  for (const auto& [name, user] :
       {std::pair("/its", kUser.uid), std::pair("/theirs", kOther), std::pair("/root-s", 0U)}) {
    File(open + name, user);
    fs::create_directories(open + name + "-folder/x");
    File(open + name + "-folder/x/file", kUser.uid);
    Give(open + name + "-folder", user);
  }
  BOOST_REQUIRE(symlink("/etc", (open + "/link").c_str()) == 0);
  Give(open + "/link", kUser.uid);
  BOOST_TEST(bool(RemoveLeftFiles(kUser, {open, folder.path() + "/not-there"})));
  for (const char* name : {"/its", "/its-folder", "/link"}) {
    BOOST_TEST(!fs::exists(fs::symlink_status(open + name)), name);
  }
  for (const char* name : {"/theirs", "/root-s", "/theirs-folder/x", "/root-s-folder/x"}) {
    BOOST_TEST(fs::exists(open + name), name);
  }
}

// Like /tmp/.X11-unix.
BOOST_AUTO_TEST_CASE(open_folders_of_root_in_an_open_folder_are_searched_too) {
  const TempFolder folder;
  const std::string open = OpenFolderIn(folder, "open");
  const std::string inner = OpenFolderIn(folder, "open/inner");
  const std::string of_another = OpenFolderIn(folder, "open/another");
  File(inner + "/its", kUser.uid);
  File(inner + "/theirs", kOther);
  File(of_another + "/its", kUser.uid);
  Give(of_another, kOther);
  BOOST_TEST(bool(RemoveLeftFiles(kUser, {open})));
  BOOST_TEST(!fs::exists(inner + "/its"));
  BOOST_TEST(fs::exists(inner + "/theirs"));
  // Its owner could put a link in its place.
  BOOST_TEST(fs::exists(of_another + "/its"));
}

BOOST_AUTO_TEST_SUITE_END()
