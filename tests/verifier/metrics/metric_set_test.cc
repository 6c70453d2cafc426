#include "verifier/metrics/metric_set.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

using namespace jobwarden;

namespace {

MetricSet Full() {
  MetricSet metrics;
  metrics.Add(Metric::kDecisions, {"allow", "enforce", "gitlab", "gitlab", "deploys"}, 3);
  metrics.Add(Metric::kDecisions, {"deny", "report", "github", "", ""});
  metrics.Set(Metric::kKeysFetched, {"gitlab"}, 1'795'000'000);
  for (const double seconds : {0.0001, 0.001, 0.0011, 99.0, 1000.5}) {
    metrics.Observe(Metric::kVerificationTime, {"gitlab"}, seconds);
  }
  return metrics;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metric_set)

BOOST_AUTO_TEST_CASE(text_has_a_head_for_each_metric_and_a_line_for_each_series) {
  MetricSet metrics;
  metrics.Add(Metric::kDecisions, {"allow", "enforce", "gitlab", "gitlab", "a \"b\"\\\n"}, 2);
  metrics.Add(Metric::kAuditFailures, {});
  BOOST_TEST(
      metrics.Text() ==
      "# HELP jobwarden_decisions_total Decisions about jobs. In mode report a job runs whatever "
      "the outcome is.\n"
      "# TYPE jobwarden_decisions_total counter\n"
      "jobwarden_decisions_total{outcome=\"allow\",mode=\"enforce\",provider=\"gitlab\","
      "issuer=\"gitlab\",rule=\"a \\\"b\\\"\\\\\\n\"} 2\n"
      "# HELP jobwarden_audit_failures_total Lines that could not be written to the audit file.\n"
      "# TYPE jobwarden_audit_failures_total counter\n"
      "jobwarden_audit_failures_total 1\n"
      "# EOF\n");
}

BOOST_AUTO_TEST_CASE(buckets_of_a_histogram_are_cumulative) {
  const std::string text = Full().Text();
  const std::string name = "jobwarden_verification_duration_seconds";
  for (const auto& line :
       {"_bucket{provider=\"gitlab\",le=\"0.001\"} 2\n",
        "_bucket{provider=\"gitlab\",le=\"0.0025\"} 3\n",
        "_bucket{provider=\"gitlab\",le=\"30\"} 3\n", "_bucket{provider=\"gitlab\",le=\"100\"} 4\n",
        "_bucket{provider=\"gitlab\",le=\"+Inf\"} 5\n", "_count{provider=\"gitlab\"} 5\n"}) {
    BOOST_TEST(text.find(name + line) != std::string::npos, line);
  }
}

BOOST_AUTO_TEST_CASE(text_reads_back_as_the_same) {
  const std::string text = Full().Text();
  const auto read = MetricSet::Read(text);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->Text() == text);
  BOOST_TEST(read->Get(Metric::kVerificationTime, {"gitlab"}) == 5);
  BOOST_TEST(read->Get(Metric::kDecisions, {"allow", "enforce", "gitlab", "gitlab", "deploys"}) ==
             3);
}

BOOST_AUTO_TEST_CASE(torn_text_is_nothing) {
  const std::string text = Full().Text();
  for (std::size_t size = 0; size < text.size(); ++size) {
    BOOST_TEST(!MetricSet::Read(text.substr(0, size)));
  }
}

BOOST_AUTO_TEST_CASE(foreign_text_is_nothing) {
  for (const std::string line :
       {"node_load1 0.5\n", "jobwarden_decisions_total 1\n", "jobwarden_audit_failures_total -1\n",
        "jobwarden_audit_failures_total 1 2\n", "jobwarden_audit_failures_total inf\n",
        "jobwarden_audit_failures_total{a=\"b\"} 1\n", "jobwarden_audit_failures_total{} 1\n",
        "jobwarden_build_info{version=\"1} 1\n", "jobwarden_build_info{version=\"1\\x\"} 1\n",
        "jobwarden_verification_duration_seconds_bucket{provider=\"a\",le=\"7\"} 1\n",
        "jobwarden_verification_duration_seconds_bucket{provider=\"a\",le=\"0.001\"} 1\n", "\n",
        "# comment\n"}) {
    BOOST_TEST(!MetricSet::Read(line + "# EOF\n"), line);
  }
  BOOST_TEST(!MetricSet::Read("# EOF\n# EOF\n"));
  BOOST_TEST(MetricSet::Read("# EOF\n").has_value());
}

BOOST_AUTO_TEST_CASE(series_beyond_the_limit_count_as_others) {
  MetricSet metrics;
  for (int i = 0; i < 2000; ++i) {
    metrics.Add(Metric::kIdTokenRequests, {"allow", "rule " + std::to_string(i)});
  }
  BOOST_TEST(metrics.Get(Metric::kIdTokenRequests, {"other", "other"}) == 1500);
  const auto read = MetricSet::Read(metrics.Text());
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->Text() == metrics.Text());
}

BOOST_AUTO_TEST_CASE(label_that_is_too_long_is_cut_between_characters) {
  MetricSet metrics;
  std::string rule;
  while (rule.size() < 400) rule += "é";
  metrics.Add(Metric::kIdTokenRequests, {"allow", "x" + rule});
  BOOST_TEST(metrics.Text().find("x" + rule.substr(0, 198) + "\"}") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_follow_prometheus_rules) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < MetricDefinitions().size(); ++i) {
    const MetricDefinition& definition = MetricDefinitions()[i];
    const std::string_view name = definition.name;
    BOOST_TEST(static_cast<std::size_t>(definition.metric) == i);
    BOOST_TEST(names.insert(name).second, name);
    BOOST_TEST(name.starts_with("jobwarden_"));
    BOOST_TEST(name.ends_with("_total") == (definition.type == MetricType::kCounter), name);
    BOOST_TEST(definition.help.ends_with("."), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
