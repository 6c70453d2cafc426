#include "verifier/mask/interruption.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

using namespace jobwarden;

namespace {

// Where it goes on: a place, "open" or "none".
std::string Show(const Skipped& skipped) {
  if (skipped.kind == Skipped::Kind::kOpen) return "open";
  if (skipped.kind == Skipped::Kind::kNone) return "none";
  return std::to_string(skipped.at);
}

std::string Colours(std::string_view text) {
  return Show(SkipColours(text, 0));
}

std::string LineEnd(std::string_view text) {
  return Show(SkipLineEnd(text, 0));
}

std::string Margin(std::string_view text) {
  return Show(SkipMargin(text, 0));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interruption)

BOOST_AUTO_TEST_CASE(control_sequences_are_skipped_together) {
  BOOST_TEST(Colours("\x1b[mx") == "3");
  BOOST_TEST(Colours("\x1b[01;31m\x1b[Kx") == "11");
  BOOST_TEST(Colours("\x1b[38:2::1:2:3mx") == "14");
  BOOST_TEST(Colours("\x1b[?25l\x1b[>c\x1b[!px") == "14");
  BOOST_TEST(Colours("\x1b(B\x1b)0\x1b#8x") == "9");
  BOOST_TEST(Colours("\x1b=\x1b"
                     "7x") == "4");
  BOOST_TEST(Colours("\x1b]0;a title\ax") == "12");
  BOOST_TEST(Colours("\x1b]8;;https://example.com\x1b\\x") == "26");
}

BOOST_AUTO_TEST_CASE(a_control_sequence_may_be_cut) {
  for (const std::string text : {"\x1b", "\x1b[", "\x1b[01;3", "\x1b[m", "\x1b[m\x1b", "\x1b]0;a",
                                 "\x1b]0;a\x1b", "\x1b("}) {
    BOOST_TEST(Colours(text) == "open");
  }
}

BOOST_AUTO_TEST_CASE(what_is_none_is_not_skipped) {
  for (const std::string text : {"x", "[m", "\x1b\x1b[m", "\x1b[\x1b", "\x1b[m\n"}) {
    BOOST_TEST(Colours(text + "x") == (text == "\x1b[m\n" ? "3" : "0"));
  }
  BOOST_TEST(Colours("\x1b]0;a\nx") == "0");
  BOOST_TEST(Colours("\x1b]0;" + std::string(300, 'x') + "\a") == "0");
}

BOOST_AUTO_TEST_CASE(a_line_may_end_in_these_ways) {
  BOOST_TEST(LineEnd("\nx") == "1");
  BOOST_TEST(LineEnd("\r\nx") == "2");
  BOOST_TEST(LineEnd("\rx") == "1");
  BOOST_TEST(LineEnd("\r\r\nx") == "3");
  BOOST_TEST(LineEnd("  \t\n") == "4");
  BOOST_TEST(LineEnd("\" +\n") == "4");
  BOOST_TEST(LineEnd("' .\n") == "4");
  BOOST_TEST(LineEnd("\\\n") == "2");
  BOOST_TEST(LineEnd("\x1b[0m \n") == "6");
  BOOST_TEST(LineEnd(" | another cell |\n") == "18");
  BOOST_TEST(LineEnd(" \u2502 x\n") == "7");
}

BOOST_AUTO_TEST_CASE(a_line_that_goes_on_does_not_end) {
  for (const std::string text : {"x\n", " x\n", "\"x\n", " +x\n", "+\n", "\r\rx", " .. \n"}) {
    BOOST_TEST(LineEnd(text) == "none");
  }
  for (const std::string text : {"", " ", "\r", "\r\r", "  |", " +", "\x1b["}) {
    BOOST_TEST(LineEnd(text) == "open");
  }
  BOOST_TEST(LineEnd(std::string(255, ' ') + "\n") == "256");
  BOOST_TEST(LineEnd(std::string(256, ' ') + "\n") == "none");
}

BOOST_AUTO_TEST_CASE(a_margin_ends_at_the_first_word) {
  BOOST_TEST(Margin("x") == "0");
  BOOST_TEST(Margin("  | \x1b[1mx") == "8");
  BOOST_TEST(Margin("  \n") == "none");
  BOOST_TEST(Margin("  ") == "open");
  BOOST_TEST(Margin("  \x1b[") == "open");
  BOOST_TEST(Margin(std::string(255, ' ') + "x") == "255");
  BOOST_TEST(Margin(std::string(256, ' ') + "x") == "none");
}

BOOST_AUTO_TEST_SUITE_END()
