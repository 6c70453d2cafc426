#include "verifier/metrics/counting.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

Record Allowed() {
  Record record;
  record.time = std::chrono::sys_seconds(std::chrono::seconds(1'795'000'000));
  record.outcome = Outcome::kAllow;
  record.mode = "enforce";
  record.provider = "gitlab";
  record.issuer = "main";
  record.rule = "deploys";
  record.duration = std::chrono::microseconds(3000);
  record.tokens = {{"id_token", "", {"A_TOKEN", "B_TOKEN"}}, {"job_token", "", {"CI_JOB_TOKEN"}}};
  record.exposure.stripped = {"A_TOKEN", "B_TOKEN"};
  record.exposure.kept = {"CI_JOB_TOKEN", "OF_NO_TOKEN"};
  return record;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(counting)

BOOST_AUTO_TEST_CASE(decision_counts_once_by_outcome_and_rule_and_each_token_by_kind) {
  MetricSet metrics;
  CountDecision(metrics, Allowed());
  CountDecision(metrics, Allowed());
  BOOST_TEST(metrics.Get(Metric::kDecisions, {"allow", "enforce", "gitlab", "main", "deploys"}) ==
             2);
  BOOST_TEST(metrics.Get(Metric::kTokens, {"stripped", "id_token", "enforce"}) == 4);
  BOOST_TEST(metrics.Get(Metric::kTokens, {"kept", "job_token", "enforce"}) == 2);
  BOOST_TEST(metrics.Get(Metric::kTokens, {"kept", "unknown", "enforce"}) == 2);
  BOOST_TEST(metrics.Get(Metric::kVerificationTime, {"gitlab"}) == 2);
  BOOST_TEST(metrics.Get(Metric::kLastDecision, {}) == 1'795'000'000);
}

BOOST_AUTO_TEST_CASE(finding_counts_once_a_decision_and_tokens_of_a_denied_job_do_not) {
  MetricSet metrics;
  Record record = Allowed();
  record.outcome = Outcome::kDeny;
  record.findings = {
      {Code::kTokenExpired, "a"}, {Code::kTokenExpired, "b"}, {Code::kKeysStale, "c"}};
  CountDecision(metrics, record);
  BOOST_TEST(metrics.Get(Metric::kFindings, {"TOKEN_EXPIRED", "error", "enforce"}) == 1);
  BOOST_TEST(metrics.Get(Metric::kFindings, {"KEYS_STALE", "warning", "enforce"}) == 1);
  BOOST_TEST(metrics.Get(Metric::kTokens, {"stripped", "id_token", "enforce"}) == 0);
  record.mode = "report";
  record.enforced = false;
  CountDecision(metrics, record);
  BOOST_TEST(metrics.Get(Metric::kTokens, {"stripped", "id_token", "report"}) == 2);
}

BOOST_AUTO_TEST_CASE(probe_and_keys_are_as_they_were_last) {
  MetricSet metrics;
  const std::chrono::sys_seconds now(std::chrono::seconds(1'795'000'000));
  NoteProbe(metrics, "driver", true, now);
  NoteProbe(metrics, "driver", false, now);
  NoteKeys(metrics, "main", now, now + std::chrono::hours(48));
  BOOST_TEST(metrics.Get(Metric::kProbePassed, {"driver"}) == 0);
  BOOST_TEST(metrics.Get(Metric::kProbeTime, {"driver"}) == 1'795'000'000);
  BOOST_TEST(metrics.Get(Metric::kKeysUsableUntil, {"main"}) == 1'795'172'800);
}

BOOST_AUTO_TEST_SUITE_END()
