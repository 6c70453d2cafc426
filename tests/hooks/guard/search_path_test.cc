#include "hooks/guard/search_path.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "hooks/guard/settings.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
namespace fs = std::filesystem;

namespace {

struct Folders {
  Folders() {
    for (const char* name : {"guard", "a", "b"}) fs::create_directory(top / name);
    top.Write("guard/" + std::string(kGuardSettingsName), "");
  }
  void Program(const std::string& path) const {
    fs::permissions(top.Write(path, "#!/bin/sh\n"), fs::perms::owner_all);
  }
  std::string At(const std::string& name) const { return top / name; }

  jobwarden::testing::TempFolder top;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(search_path)

BOOST_AUTO_TEST_CASE(guard_knows_its_folder_and_name) {
  const Folders folders;
  const GuardStart start = FindGuardStart(folders.At("guard/bash"));
  BOOST_TEST(start.folder == folders.At("guard"));
  BOOST_TEST(start.name == "bash");
}

BOOST_AUTO_TEST_CASE(link_elsewhere_leads_to_the_guards_folder) {
  const Folders folders;
  fs::create_symlink("/nowhere/jobwarden-guard", folders.At("guard/sh"));
  fs::create_symlink("../guard/sh", folders.At("a/shell"));
  fs::create_symlink(folders.At("a/shell"), folders.At("b/other"));
  const GuardStart start = FindGuardStart(folders.At("b/other"));
  BOOST_TEST(start.folder == folders.At("a/../guard"));
  BOOST_TEST(start.name == "sh");
}

BOOST_AUTO_TEST_CASE(elsewhere_there_is_no_guards_folder) {
  const Folders folders;
  fs::create_symlink("loop", folders.At("a/loop"));
  for (const char* name : {"a/bash", "a/loop", "none/bash"}) {
    BOOST_TEST(FindGuardStart(folders.At(name)).folder == "");
  }
  BOOST_TEST(FindGuardStart("").folder == "");
  BOOST_TEST(FindGuardStart("bash").folder == "");
}

BOOST_AUTO_TEST_CASE(guards_folders_leave_path_however_they_are_spelled) {
  const Folders folders;
  fs::create_directory_symlink(folders.At("guard"), folders.At("link"));
  const std::string path = folders.At("guard") + ":" + folders.At("a") + ":" +
                           folders.At("guard/../guard/") + "::" + folders.At("link") + ":" +
                           folders.At("b") + ":" + folders.At("absent");
  BOOST_TEST(WithoutGuardFolders(path) ==
             folders.At("a") + "::" + folders.At("b") + ":" + folders.At("absent"));
  BOOST_TEST(WithoutGuardFolders("") == "");
  BOOST_TEST(WithoutGuardFolders(folders.At("guard")) == "");
  BOOST_TEST(WithoutGuardFolders(":/usr/bin:") == ":/usr/bin:");
}

BOOST_AUTO_TEST_CASE(programs_are_executable_files_in_the_order_of_path) {
  const Folders folders;
  folders.Program("b/bash");
  folders.Program("guard/bash");
  folders.top.Write("a/bash", "not executable");
  fs::create_directory(folders.At("none"));
  fs::create_directory(folders.At("none/bash"));
  const auto found = FindPrograms("bash", folders.At("none") + ":" + folders.At("a") + ":" +
                                              folders.At("b") + ":" + folders.At("guard"));
  const std::vector<std::string> expected = {folders.At("b/bash"), folders.At("guard/bash")};
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(own_program_is_never_a_real_one) {
  const Folders folders;
  fs::create_symlink("/proc/self/exe", folders.At("a/bash"));
  BOOST_TEST(FindPrograms("bash", folders.At("a")).empty());
}

BOOST_AUTO_TEST_SUITE_END()
