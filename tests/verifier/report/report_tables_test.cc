#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/verifier/report/records.h"
#include "verifier/report/report.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows RowsOf(const Report& report, const std::string& id) {
  for (const ReportTable& table : report.tables) {
    if (table.id == id) return table.rows;
  }
  return {};
}

Rule Named(const std::string& name) {
  Rule rule;
  rule.name = name;
  return rule;
}

ReportInput Input() {
  ReportInput input;
  input.now = kMorning + std::chrono::hours(24);
  return input;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_tables)

BOOST_AUTO_TEST_CASE(rules_that_were_never_used_come_first) {
  Policy policy;
  policy.allow = {Named("deploys"), Named("unused")};
  policy.deny = {Named("no \"tags\"")};
  policy.deny.front().report_only = true;
  Tally tally;
  Add(tally, Allowed(), "a");
  Add(tally, Allowed("renamed since"), "a");
  Add(tally, Allowed("renamed since"), "a");
  ReportInput input = Input();
  input.policy = &policy;
  const Rows rows = RowsOf(MakeReport(tally, input), "rules");
  const Rows expected{{"0", "unused", "allow", "never used"},
                      {"0", "no \"tags\"", "deny", "never used, in report mode"},
                      {"2", "renamed since", "allow", "not in this policy"},
                      {"1", "deploys", "allow", ""}};
  BOOST_TEST((rows == expected));
}

BOOST_AUTO_TEST_CASE(deny_rule_is_counted_by_its_findings) {
  Policy policy;
  policy.deny = {Named("no \"tags\"")};
  Tally tally;
  Record record = Denied();
  record.findings = {{Code::kRuleDenied, "rule \"no \\\"tags\\\"\" denies this job: ref is \"v\""}};
  Add(tally, record, "a");
  ReportInput input = Input();
  input.policy = &policy;
  const Rows expected{{"1", "no \"tags\"", "deny", ""}};
  BOOST_TEST((RowsOf(MakeReport(tally, input), "rules") == expected));
}

BOOST_AUTO_TEST_CASE(without_a_policy_the_table_says_why) {
  ReportInput input = Input();
  input.no_policy = "no configuration";
  const Report report = MakeReport(Tally(), input);
  BOOST_TEST(report.tables[2].note.ends_with("no configuration"));
}

BOOST_AUTO_TEST_CASE(what_enforce_mode_would_stop_is_apart_from_what_was_refused) {
  Tally tally;
  Add(tally, Denied("a"), "h");
  Add(tally, Reported(Denied("b")), "h");
  const Report report = MakeReport(tally, Input());
  BOOST_TEST_REQUIRE(RowsOf(report, "denials").size() == 1U);
  BOOST_TEST(RowsOf(report, "denials")[0][2] == "a");
  BOOST_TEST_REQUIRE(RowsOf(report, "would").size() == 1U);
  BOOST_TEST(RowsOf(report, "would")[0][2] == "b");
}

BOOST_AUTO_TEST_CASE(hosts_have_a_table_where_there_are_several) {
  Tally tally;
  Add(tally, Allowed(), "a");
  BOOST_TEST(RowsOf(MakeReport(tally, Input()), "hosts").empty());
  Add(tally, Allowed(), "b");
  BOOST_TEST(RowsOf(MakeReport(tally, Input()), "hosts").size() == 2U);
}

BOOST_AUTO_TEST_CASE(bars_are_few_however_long_the_time_and_lose_nothing) {
  for (const int days : {0, 2, 30, 400, 4000}) {
    Tally tally;
    Add(tally, Allowed(), "a");
    for (int i = 0; i < 100; ++i) {
      Record record = Denied();
      record.time += std::chrono::hours(24 * days * i / 99);
      Add(tally, record, "a");
    }
    const Report report = MakeReport(tally, Input());
    BOOST_TEST(report.bars.size() <= kMaxBars);
    std::uint64_t all = 0;
    for (const ReportBar& bar : report.bars) all += bar.counts.all();
    BOOST_TEST(all == 101U);
    BOOST_TEST(report.bar_width == (days <= 2 ? "hour" : days == 30 ? "day" : report.bar_width));
  }
}

BOOST_AUTO_TEST_CASE(keys_have_their_age_or_why_there_are_none) {
  ReportInput input = Input();
  input.keys = {{"gitlab", input.now - std::chrono::hours(5), input.now, ""},
                {"github", std::nullopt, {}, "no key set"}};
  const Rows rows = RowsOf(MakeReport(Tally(), input), "keys");
  BOOST_TEST(rows[0][2] == "5 hours");
  BOOST_TEST(rows[1][3] == "no key set");
}

BOOST_AUTO_TEST_SUITE_END()
