#include "verifier/broker/report.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(each_text_is_told_once_in_its_order) {
  BrokerReport report;
  report.AddWarning("b");
  report.AddNote("a");
  report.AddWarning("b");
  BOOST_TEST(report.Text() == "warning b\nnote a\n");
}

BOOST_AUTO_TEST_CASE(long_report_is_cut_and_says_so) {
  BrokerReport report;
  for (int i = 0; i < 10'000; ++i) report.AddNote(std::to_string(i));
  const std::string text = report.Text();
  BOOST_TEST(text.size() <= kMaxReportBytes);
  BOOST_TEST(text.ends_with("note there was more, which the audit log has\n"));
}

BOOST_AUTO_TEST_SUITE_END()
