#include "executor/local/ssh_includes.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_folder.h"

using namespace jobwarden;

namespace {

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(ssh_includes)

BOOST_AUTO_TEST_CASE(patterns_are_found_in_all_spellings) {
  for (const char* line : {"Include /a", "include /a", "  INCLUDE\t/a  ", "Include=/a",
                           "Include = /a", "Include \"/a\"", "Include '/a' # all", "Include /a\r",
                           "Host x\n  Include /a\n", "\f Include /a"}) {
    BOOST_TEST((IncludedPatterns(line) == Texts{"/a"}), line);
  }
  BOOST_TEST((IncludedPatterns("Include a b\\ c \"d e\"\nInclude f") ==
              Texts{"a", "b\\", "c", "d e", "f"}));
}

BOOST_AUTO_TEST_CASE(other_lines_include_nothing) {
  for (const char* line : {"", "#Include /a", "Includes /a", "Include", "Include #/a",
                           "SendEnv Include", "Host Include /a"}) {
    BOOST_TEST(IncludedPatterns(line).empty(), line);
  }
}

BOOST_AUTO_TEST_CASE(copies_take_the_place_of_their_files) {
  const testing::TempFolder files;
  const testing::TempFolder copies;
  const std::string one = files.Write("one", "1");
  const std::string two = files.Write("two", "2");
  BOOST_REQUIRE(CopyBelow(copies.path(), {one, two, files / "gone"}));
  BOOST_TEST(testing::Slurp(copies.path() + one) == "1");
  struct stat st {};
  BOOST_REQUIRE(stat((copies.path() + two).c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 07777) == 0444U);
  Texts command;
  AppendCopies(copies.path(), command);
  BOOST_REQUIRE(command.size() == 6U);
  for (const std::string& file : {one, two}) {
    const auto at = std::find(command.begin(), command.end(), file);
    BOOST_REQUIRE(at != command.end());
    BOOST_TEST(*(at - 1) == copies.path() + file);
    BOOST_TEST(*(at - 2) == "--ro-bind");
  }
}

BOOST_AUTO_TEST_SUITE_END()
