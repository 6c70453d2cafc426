#include "verifier/review/excerpt.h"

#include <boost/test/unit_test.hpp>

namespace jobwarden {
namespace {

BOOST_AUTO_TEST_SUITE(excerpt)

BOOST_AUTO_TEST_CASE(the_caret_is_below_the_column) {
  BOOST_TEST(Excerpt("a = 1\nb = 2\n", {0, 2, 5}) == "  2 | b = 2\n    |     ^\n");
  BOOST_TEST(Excerpt("a = \"\u00e9\u00e9\", 1\r\n", {0, 1, 10}) ==
             "  1 | a = \"\u00e9\u00e9\", 1\n    |          ^\n");
  BOOST_TEST(Excerpt("\ta = 1", {0, 1, 2}) == "  1 |  a = 1\n    |  ^\n");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_not_there_is_empty) {
  BOOST_TEST(Excerpt("a = 1", {0, 2, 1}) == "");
  BOOST_TEST(Excerpt("a = 1", {0, 1, 99}) == "  1 | a = 1\n    |      ^\n");
}

BOOST_AUTO_TEST_CASE(what_a_terminal_would_obey_is_escaped) {
  const std::string shown = Excerpt("a = \"\x1b[31m\xff\" # x", {0, 1, 5});
  BOOST_TEST(shown.find('\x1b') == std::string::npos);
  BOOST_TEST(shown.starts_with("  1 | a = \"\\u001b[31m\\ufffd\" # x\n    |     ^"));
  BOOST_TEST(Excerpt("a = \"eyJhbGciOiJub25lIn0.e30.\"", {0, 1, 1}).find("eyJ") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_a_long_line_the_part_around_the_column_is_shown) {
  const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
  const std::string shown = Excerpt(line, {0, 1, 501});
  BOOST_TEST(shown.size() < 400U);
  // `…` is three bytes, and one column.
  BOOST_TEST(shown.find('X') - 2 == shown.find('^') - shown.find('\n') - 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
