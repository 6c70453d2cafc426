#include "tests/support/exposition.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden::testing;

namespace {

const std::string kGood =
    "# HELP a_total What is counted.\n"
    "# TYPE a_total counter\n"
    "a_total{x=\"1\",y=\"a \\\"b\\\" \\\\ \\n {}, é\"} 3\n"
    "a_total{x=\"2\",y=\"\"} 1.5e+09\n"
    "# HELP b_seconds How long.\n"
    "# TYPE b_seconds histogram\n"
    "b_seconds_bucket{le=\"0.5\"} 1\n"
    "b_seconds_bucket{le=\"+Inf\"} 2\n"
    "b_seconds_sum 7.25\n"
    "b_seconds_count 2\n"
    "# HELP c Some.\n"
    "# TYPE c gauge\n"
    "c -1\n"
    "# EOF\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(good_text_has_no_fault) {
  const auto faults = ExpositionFaults(kGood);
  BOOST_TEST(faults.empty(), faults.front());
  BOOST_TEST(ExpositionFaults("").size() == 1U);
}

BOOST_AUTO_TEST_CASE(each_fault_is_found) {
  for (const auto& [from, to] : {std::pair("a_total{x=\"2\"", "a_total{x=\"2"),
                                 std::pair("x=\"2\",y=\"\"", "x=\"2\",x=\"\""),
                                 std::pair("{x=\"2\"", "{2=\"2\""),
                                 std::pair("\\\\ \\n", "\\q"),
                                 std::pair("1.5e+09", "1,5"),
                                 std::pair("1.5e+09", "-1"),
                                 std::pair("1.5e+09", "1 1"),
                                 std::pair("{x=\"2\",y=\"\"}", "{}"),
                                 std::pair("a_total{x=\"2\",y=\"\"}", "z_total"),
                                 std::pair("# TYPE a_total counter\n", ""),
                                 std::pair("# HELP a_total What is counted.\n", ""),
                                 std::pair("a_total counter", "a_total gauge"),
                                 std::pair("c gauge", "c counter"),
                                 std::pair("# HELP c", "# HELP a_total"),
                                 std::pair("le=\"0.5\"} 1", "le=\"0.5\"} 3"),
                                 std::pair("le=\"0.5\"", "le=\"+Inf\""),
                                 std::pair("b_seconds_bucket{le=\"+Inf\"} 2\n", ""),
                                 std::pair("b_seconds_sum 7.25\n", ""),
                                 std::pair("count 2", "count 3"),
                                 std::pair("c -1", "c{le=\"1\"} -1"),
                                 std::pair("c -1\n", "c -1\nc -1\n"),
                                 std::pair("c -1\n", "c -1\nc_x 1\n"),
                                 std::pair("c -1\n", "c -1\n\n"),
                                 std::pair("é", "\xC3"),
                                 std::pair("# EOF\n", "# EOF\nc{x=\"1\"} 1\n"),
                                 std::pair("# EOF\n", "# EOF")}) {
    std::string text = kGood;
    text.replace(text.find(from), std::string(from).size(), to);
    BOOST_TEST(!ExpositionFaults(text).empty(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
