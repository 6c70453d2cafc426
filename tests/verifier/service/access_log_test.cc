#include "verifier/service/access_log.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;
using namespace std::chrono_literals;

namespace {

constexpr AccessLine kLine{"203.0.113.7", "POST", "/v1/decide", 200, "allow", 81us};

}  // namespace

BOOST_AUTO_TEST_SUITE(access_log)

BOOST_AUTO_TEST_CASE(line_is_logfmt_or_json) {
  const std::chrono::sys_seconds time{1'795'341'600s};
  BOOST_TEST(FormatAccessLine(kLine, time, LogFormat::kLogfmt) ==
             "time=2026-11-22T10:00:00Z client=\"203.0.113.7\" method=POST route=/v1/decide "
             "status=200 outcome=allow duration_us=81\n");
  BOOST_TEST(FormatAccessLine(kLine, time, LogFormat::kJson) ==
             R"({"time":"2026-11-22T10:00:00Z","client":"203.0.113.7","method":"POST",)"
             R"("route":"/v1/decide","status":200,"outcome":"allow","duration_us":81})"
             "\n");
}

BOOST_AUTO_TEST_CASE(method_that_a_client_made_up_is_not_shown) {
  AccessLine line = kLine;
  line.method = "eyJhbGciOiJFZERTQSJ9";
  const std::string text = FormatAccessLine(line, {}, LogFormat::kLogfmt);
  BOOST_TEST(text.find("eyJ") == std::string::npos);
  BOOST_TEST(text.find("method=- ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
