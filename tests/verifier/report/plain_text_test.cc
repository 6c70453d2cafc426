#include "verifier/report/plain_text.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/has.h"
#include "tests/verifier/report/records.h"

using namespace jobwarden;
using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(plain_text)

BOOST_AUTO_TEST_CASE(figures_come_first_and_then_the_tables) {
  Tally tally;
  Add(tally, Allowed(), "a");
  Add(tally, Denied(), "a");
  ReportInput input;
  input.now = kMorning;
  input.notes = {"2 lines could not be read"};
  const std::string text = PlainText(MakeReport(tally, input));
  BOOST_TEST(
      text.starts_with("2026-11-22 10:00 to 2026-11-22 10:00 UTC\n"
                       "2 lines could not be read\n\n"
                       "        2 Decisions\n"
                       "        1 Allowed\n"
                       "        1 Denied\n"));
  BOOST_TEST(Has(text,
                 "\nRefused jobs\n"
                 "  Jobs  Reason                         Project    Host  Last              Last "
                 "job  Its decision      What its log says\n"
                 "     1  TOKEN_EXPIRED, NO_RULE_ALLOWS  group/app  a     2026-11-22 10:00  7      "
                 "   abcdefgh12345678  exp: the token has expired\n"));
  BOOST_TEST(
      Has(text, "\nWhat enforce mode would stop\n  No job ran that enforce mode would stop.\n"));
}

BOOST_AUTO_TEST_CASE(terminal_sees_no_control_characters) {
  Tally tally;
  Add(tally, Denied("a\x1b]0;title\x07\u202e", "m\r"), "a");
  const std::string text = PlainText(MakeReport(tally, {}));
  BOOST_TEST(Lacks(text, "\x1b"));
  BOOST_TEST(Lacks(text, "\r"));
  BOOST_TEST(Lacks(text, "\u202e"));
}

BOOST_AUTO_TEST_CASE(long_table_is_cut) {
  Tally tally;
  for (int i = 0; i < 100; ++i) Add(tally, Denied("p" + std::to_string(i)), "a");
  BOOST_TEST(Has(PlainText(MakeReport(tally, {})), "\n  … 85 more\n"));
}

BOOST_AUTO_TEST_SUITE_END()
