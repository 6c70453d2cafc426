#include "executor/received/project_folder.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

std::string Folder(std::string_view commands) {
  return ProjectFolder(commands).value_or("nothing");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(project_folder)

BOOST_AUTO_TEST_CASE(each_way_in_which_runners_write_it_is_read) {
  constexpr std::string_view kResolved =
      "cd $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath(\"/b/p\")\n";
  BOOST_TEST(Folder("cd /b/p\necho\n") == "/b/p");
  BOOST_TEST(Folder("cd $'/b/p q'\n") == "/b/p q");
  BOOST_TEST(Folder("cd $'/b/\\xc3\\xa4'\n") == "/b/\xc3\xa4");
  BOOST_TEST(Folder("cd \"/b/p q\"\n") == "/b/p q");
  BOOST_TEST(Folder("cd \"/b/p\"\nif(!$?) { Exit 1 }\n") == "/b/p");
  BOOST_TEST(Folder("$'cd' \"/b/p\"\n") == "/b/p");
  BOOST_TEST(Folder(kResolved) == "/b/p");
}

BOOST_AUTO_TEST_CASE(the_first_one_counts) {
  BOOST_TEST(Folder("touch /b/env\nwhile read -r line; do export \"$line\"; done < /b/env\n"
                    "cd /b/p\necho\ncd /else\n") == "/b/p");
}

BOOST_AUTO_TEST_CASE(what_the_shell_would_change_is_no_folder) {
  for (const char* line : {"cd \"/b/$HOME\"\n", "cd \"/b/`id`\"\n", "cd /b/p && echo\n", "cd p\n",
                           "cd \"/b/p\" \"/c\"\n", "cd ''\n", "cd \"\n", "cd \n", "cd"}) {
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(Folder(line) == "nothing");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_stage_that_changes_no_folder_has_none) {
  BOOST_TEST(Folder("") == "nothing");
  BOOST_TEST(Folder("echo \"$ cd /b/p\"\n  cd /b/p\n") == "nothing");
}

BOOST_AUTO_TEST_SUITE_END()
