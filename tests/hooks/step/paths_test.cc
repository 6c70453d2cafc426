#include "hooks/step/paths.h"

#include <boost/test/unit_test.hpp>
#include <string>

namespace jobwarden {
namespace {

BOOST_AUTO_TEST_SUITE(paths)

BOOST_AUTO_TEST_CASE(a_normal_path_has_no_dots_and_no_doubled_slashes) {
  BOOST_TEST(NormalPath("/a/./b//c/") == "/a/b/c");
  BOOST_TEST(NormalPath("/a/b/../../c") == "/c");
  BOOST_TEST(NormalPath("/../..") == "/");
  BOOST_TEST(NormalPath("/...") == "/...");
}

BOOST_AUTO_TEST_CASE(a_name_is_joined_to_its_folder_unless_it_is_absolute) {
  BOOST_TEST(JoinPath("/a/b", "c") == "/a/b/c");
  BOOST_TEST(JoinPath("/a/b", "../c") == "/a/c");
  BOOST_TEST(JoinPath("/a/b", "/c") == "/c");
}

BOOST_AUTO_TEST_CASE(a_folder_of_another_name_that_begins_alike_is_another) {
  BOOST_TEST(IsInside("/a/b", "/a"));
  BOOST_TEST(IsInside("/a", "/a"));
  BOOST_TEST(!IsInside("/ab", "/a"));
  BOOST_TEST(!IsInside("/a", ""));
}

BOOST_AUTO_TEST_CASE(a_path_is_a_folder_and_a_name_with_an_ending) {
  BOOST_TEST(FolderOf("/a/b.sh") == "/a");
  BOOST_TEST(FolderOf("/b.sh") == "/");
  BOOST_TEST(EndingOf("/a.d/b.tar.gz") == ".gz");
  BOOST_TEST(EndingOf("/a.d/b") == "");
  BOOST_TEST(EndingOf("/a/.profile") == "");
}

BOOST_AUTO_TEST_CASE(a_word_that_may_be_a_path_has_a_letter_and_is_no_option) {
  BOOST_TEST(MayBePath("./up.sh"));
  BOOST_TEST(MayBePath("\xc3\xa4"));
  BOOST_TEST(!MayBePath("--file"));
  BOOST_TEST(!MayBePath("./.."));
  BOOST_TEST(!MayBePath(std::string(kMaxPathBytes, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
