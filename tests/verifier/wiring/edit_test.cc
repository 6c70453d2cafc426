#include "verifier/wiring/edit.h"

#include <boost/test/unit_test.hpp>

namespace jobwarden {
namespace {

BOOST_AUTO_TEST_SUITE(edit)

BOOST_AUTO_TEST_CASE(edits_are_applied_each_where_it_is) {
  BOOST_TEST(Apply("one\ntwo\n", {}) == "one\ntwo\n");
  BOOST_TEST(Apply("one\ntwo\n", {{0, 3, "1"}, {4, 0, "1.5\n"}, {7, 1, ""}}) == "1\n1.5\ntwo");
}

BOOST_AUTO_TEST_CASE(diff_shows_lines_that_change_and_no_others) {
  const std::string text = "a = 1\ntoken = \"secret\"\nb = 2  # why\n";
  BOOST_TEST(DiffText("f", text, {{4, 1, "3"}, InsertAfter(text, 30, {"c = 4", "d = 5"})}) ==
             "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a = 1\n+a = 3\n@@ -3,0 +4,2 @@\n+c = 4\n+d = 5\n");
  BOOST_TEST(DiffText("f", "s\nlast", {InsertAfter("s\nlast", 2, {"new"})}) ==
             "--- f\n+++ f\n@@ -2,0 +3,1 @@\n+new\n");
  BOOST_TEST(DiffText("f", "", {{0, 0, "new\n"}}) == "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+new\n");
}

BOOST_AUTO_TEST_CASE(diff_commands_no_terminal) {
  BOOST_TEST(DiffText("f", "\ta \x1b]0;x\x07 \"b\\\"\r\n", {{1, 1, "c"}}) ==
             "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-\ta \\u001b]0;x\\u0007 \"b\\\"\r\n"
             "+\tc \\u001b]0;x\\u0007 \"b\\\"\r\n");
}

BOOST_AUTO_TEST_CASE(lines_are_inserted_with_the_texts_own_line_end) {
  const auto insert = [](const std::string& text, std::size_t at) {
    return Apply(text, {InsertAfter(text, at, {"x", "y"})});
  };
  BOOST_TEST(insert("a\nb\n", 0) == "a\nx\ny\nb\n");
  BOOST_TEST(insert("a\r\nb\r\n", 1) == "a\r\nx\r\ny\r\nb\r\n");
  BOOST_TEST(insert("a\r\nb", 4) == "a\r\nb\r\nx\r\ny");
  BOOST_TEST(insert("a", 1) == "a\nx\ny");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
