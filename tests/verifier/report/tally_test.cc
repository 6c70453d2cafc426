#include "verifier/report/tally.h"

#include <boost/test/unit_test.hpp>

#include "tests/verifier/report/records.h"

using namespace jobwarden;
using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(tally)

BOOST_AUTO_TEST_CASE(outcomes_are_counted_by_what_came_of_the_job) {
  Tally tally;
  Add(tally, Allowed(), "a");
  Add(tally, Denied(), "a");
  Add(tally, Reported(Denied()), "b");
  Record failed = Denied();
  failed.outcome = Outcome::kError;
  Add(tally, failed, "b");
  BOOST_TEST(tally.outcomes.allowed == 1U);
  BOOST_TEST(tally.outcomes.denied == 1U);
  BOOST_TEST(tally.outcomes.would_deny == 1U);
  BOOST_TEST(tally.outcomes.failed == 1U);
  BOOST_TEST(tally.hosts.at("b").all() == 2U);
  BOOST_TEST(tally.projects.at("group/app").all() == 4U);
  BOOST_TEST(tally.hours.size() == 1U);
}

BOOST_AUTO_TEST_CASE(refusals_of_one_reason_are_one_row_with_the_last_job) {
  Tally tally;
  Record later = Denied("group/app", "the last");
  later.time += std::chrono::hours(1);
  later.job_id = "8";
  later.id = "id-of-8";
  Add(tally, Denied(), "a");
  Add(tally, later, "a");
  Add(tally, Denied(), "a");
  BOOST_TEST_REQUIRE(tally.refusals.size() == 1U);
  const auto& [key, refused] = *tally.refusals.begin();
  BOOST_TEST(key.reasons == "TOKEN_EXPIRED, NO_RULE_ALLOWS");
  BOOST_TEST(!key.would);
  BOOST_TEST(refused.count == 3U);
  BOOST_TEST(refused.job_id == "8");
  BOOST_TEST(refused.id == "id-of-8");
  BOOST_TEST(refused.message == "the last");
}

BOOST_AUTO_TEST_CASE(deny_rule_in_report_mode_is_what_would_be_refused) {
  Tally tally;
  Record record = Allowed();
  record.findings = {
      {Code::kRuleDenied, "rule \"no tags\" denies this job: ref is \"v1\"", "", {}, true}};
  Add(tally, record, "a");
  BOOST_TEST(tally.outcomes.allowed == 1U);
  BOOST_TEST_REQUIRE(tally.refusals.size() == 1U);
  BOOST_TEST(tally.refusals.begin()->first.would);
  BOOST_TEST(tally.deny_rules.at("rule \"no tags\"") == 1U);
}

BOOST_AUTO_TEST_CASE(tokens_of_a_job_that_did_not_run_are_not_counted) {
  Tally tally;
  Add(tally, Denied(), "a");
  BOOST_TEST(tally.kinds.empty());
  Add(tally, Allowed(), "a");
  Add(tally, Reported(Allowed()), "a");
  BOOST_TEST(tally.kinds.at("id_token").stripped == 1U);
  BOOST_TEST(tally.kinds.at("id_token").would_strip == 1U);
  BOOST_TEST(tally.kinds.at("job_token").kept == 2U);
  BOOST_TEST((tally.names.at({"A_TOKEN", "id_token"}).stripped == 1U));
}

BOOST_AUTO_TEST_CASE(tallies_of_two_threads_are_as_one) {
  Tally one;
  Tally two;
  Tally both;
  Record later = Denied();
  later.time += std::chrono::hours(30);
  later.job_id = "9";
  for (const Record& record : {Allowed(), later}) {
    Add(one, record, "a");
    Add(both, record, "a");
  }
  for (const Record& record : {Denied(), Reported(Allowed("b"))}) {
    Add(two, record, "b");
    Add(both, record, "b");
  }
  const SeenRequest early{later.time, "of-early", "allow", "p", "a", ""};
  const SeenRequest late{later.time + std::chrono::hours(1), "of-late", "allow", "p", "a", ""};
  one.Add(late);
  two.Add(early);
  for (auto [first, second] : {std::pair(one, two), std::pair(two, one)}) {
    first.Merge(second);
    BOOST_TEST(first.outcomes.all() == 4U);
    BOOST_TEST((first.first == both.first && first.last == both.last));
    BOOST_TEST(first.hours.size() == both.hours.size());
    BOOST_TEST(first.hosts.size() == 2U);
    BOOST_TEST((first.allow_rules == both.allow_rules));
    BOOST_REQUIRE(first.requests.size() == 1U);
    BOOST_TEST(first.requests.begin()->second.count == 2U);
    BOOST_TEST(first.requests.begin()->second.decision_id == "of-late");
    BOOST_TEST(first.kinds.at("id_token").would_strip == 1U);
    BOOST_TEST(first.refusals.size() == both.refusals.size());
    for (const auto& [key, row] : both.refusals) {
      BOOST_TEST(first.refusals.at(key).count == row.count);
      BOOST_TEST(first.refusals.at(key).job_id == row.job_id);
    }
  }
}

BOOST_AUTO_TEST_CASE(strangers_cannot_make_it_grow_without_end) {
  Tally tally;
  constexpr std::size_t kMany = Tally::kMaxRows + 100;
  for (std::size_t i = 0; i < kMany; ++i) {
    SeenDecision decision;
    decision.outcome = Outcome::kDeny;
    decision.project = "p" + std::to_string(i);
    decision.stripped = {{decision.project, "id_token"}};
    tally.Add(decision, "a");
  }
  const std::string others(Tally::kOthers);
  BOOST_TEST(tally.projects.size() <= Tally::kMaxRows + 1);
  BOOST_TEST(tally.names.size() <= Tally::kMaxRows + 1);
  BOOST_TEST(tally.projects.at(others).denied > 0U);
  std::uint64_t refused = 0;
  for (const auto& [key, row] : tally.refusals) refused += row.count;
  BOOST_TEST(refused == kMany);
}

BOOST_AUTO_TEST_SUITE_END()
