// What install/ has for Prometheus and Grafana names metrics and labels that exist.

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>
#include <string>

#include "tests/support/child.h"
#include "tests/support/exposition.h"
#include "tests/support/has.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"
#include "verifier/metrics/counting.h"
#include "verifier/metrics/metric_set.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const std::string kPromtool = "/usr/bin/promtool";

boost::test_tools::assertion_result HasPromtool(boost::unit_test::test_unit_id) {
  if (access(kPromtool.c_str(), X_OK) == 0) return true;
  boost::test_tools::assertion_result no(false);
  no.message() << "no " << kPromtool;
  return no;
}

const MetricDefinition* Find(std::string name) {
  for (const MetricDefinition& each : MetricDefinitions()) {
    if (name == each.name) return &each;
    if (each.type != MetricType::kHistogram || !name.starts_with(each.name)) continue;
    const std::string part = name.substr(each.name.size());
    if (part == "_bucket" || part == "_sum" || part == "_count") return &each;
  }
  return nullptr;
}

// The metrics that a file names, each with the labels that it selects by. Not those in comments.
std::set<std::string> CheckNames(const std::string& path) {
  const std::string text =
      std::regex_replace(Slurp(InCheckout(path)), std::regex("(^|\n)#[^\n]*"), "\n");
  const std::regex selector(R"((jobwarden_[a-z_]+)(\{([^}]*)\})?)");
  const std::regex matcher(R"(([a-z_]+)\s*(=~|!~|!=|=)\s*\\?")");
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), selector), end; at != end; ++at) {
    const std::string name = (*at)[1];
    const MetricDefinition* metric = Find(name);
    BOOST_REQUIRE_MESSAGE(metric != nullptr, path << ": no metric " << name);
    names.emplace(metric->name);
    const std::string labels = (*at)[3];
    for (std::sregex_iterator each(labels.begin(), labels.end(), matcher); each != end; ++each) {
      const std::string label = (*each)[1];
      const bool known =
          label == "instance" || label == "le" ||
          std::find(metric->labels.begin(), metric->labels.end(), label) != metric->labels.end();
      BOOST_TEST(known, path << ": " << name << " has no label " << label);
    }
  }
  return names;
}

std::string TextOfEach() {
  MetricSet metrics;
  for (const MetricDefinition& each : MetricDefinitions()) {
    const MetricSet::LabelValues labels(each.labels.size(), "a \"b\" \\ \n é");
    if (each.type == MetricType::kHistogram) {
      metrics.Observe(each.metric, labels, 0.3);
    } else {
      metrics.Set(each.metric, labels, 1.5);
    }
  }
  return metrics.Text();
}

ChildResult Promtool(const std::vector<std::string>& arguments, const std::string& input = "") {
  ChildOptions call;
  call.command = {kPromtool};
  call.command.insert(call.command.end(), arguments.begin(), arguments.end());
  call.environment = {{"HOME", "/nonexistent"}};
  call.input = input;
  return RunChild(call);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(monitoring)

BOOST_AUTO_TEST_CASE(alert_rules_and_their_tests_name_metrics_that_exist) {
  BOOST_TEST(CheckNames("install/prometheus/jobwarden.rules.yml").size() >= 6U);
  BOOST_TEST(CheckNames("install/prometheus/jobwarden.test.yml").size() >= 6U);
}

BOOST_AUTO_TEST_CASE(dashboard_shows_each_metric) {
  const auto shown = CheckNames("install/grafana/jobwarden.json");
  for (const MetricDefinition& each : MetricDefinitions()) {
    BOOST_TEST(shown.contains(std::string(each.name)), each.name);
  }
}

BOOST_AUTO_TEST_CASE(documentation_lists_each_metric) {
  const std::string page = Slurp(InCheckout("docs/operations.md"));
  for (const MetricDefinition& each : MetricDefinitions()) {
    BOOST_TEST(Has(page, "`" + std::string(each.name) + "`"));
    for (const std::string_view label : each.labels) BOOST_TEST(Has(page, std::string(label)));
  }
}

BOOST_AUTO_TEST_CASE(text_of_each_metric_has_no_fault) {
  const auto faults = ExpositionFaults(TextOfEach());
  BOOST_TEST(faults.empty(), faults.front());
}

BOOST_AUTO_TEST_CASE(promtool_accepts_all, *boost::unit_test::precondition(HasPromtool)) {
  const ChildResult checked = Promtool({"check", "metrics"}, TextOfEach());
  BOOST_TEST(checked.exit_code == 0);
  BOOST_TEST(checked.log == "");
  for (const auto& [what, file] :
       {std::pair("check", "jobwarden.rules.yml"), std::pair("test", "jobwarden.test.yml")}) {
    const ChildResult result =
        Promtool({what, "rules", InCheckout(std::string("install/prometheus/") + file)});
    BOOST_TEST(result.exit_code == 0, result.log);
  }
}

BOOST_AUTO_TEST_SUITE_END()
