// Decisions of the driver are counted for node exporter, and nothing about that stops a job.

#include "tests/e2e/harness.h"
#include "tests/support/exposition.h"
#include "tests/support/small_disk.h"

using namespace jobwarden::testing;

namespace {

struct Fixture {
  RunnerHost host;
  std::string path = host.Path("metrics/jobwarden.prom");

  Fixture() {
    std::filesystem::create_directory(host.Path("metrics"));
    Change(host.config, "[audit]\n", "[audit]\nmetrics_file = \"" + path + "\"\n");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metrics, Fixture)

BOOST_AUTO_TEST_CASE(each_decision_counts_once_though_a_job_is_many_processes) {
  BOOST_TEST(host.Play(ProtectedDeploy()).outcome == Outcome::kSucceeded);
  BOOST_TEST(host.Play(ProtectedDeploy()).outcome == Outcome::kSucceeded);
  auto foreign = ProtectedDeploy();
  foreign.Token("JOBWARDEN_ID_TOKEN").claims["project_path"] = "somebody/else";
  host.Play(foreign);
  const std::string text = Slurp(path);
  BOOST_TEST(Has(text,
                 "\njobwarden_decisions_total{outcome=\"allow\",mode=\"enforce\",provider="
                 "\"gitlab\",issuer=\"gitlab\",rule=\"shop deploys\"} 2\n"));
  BOOST_TEST(Has(text, "\njobwarden_decisions_total{outcome=\"deny\",mode=\"enforce\","));
  BOOST_TEST(Has(text, "\njobwarden_verification_duration_seconds_count{provider=\"gitlab\"} 3\n"));
  BOOST_TEST(Has(text, "\njobwarden_tokens_total{treatment=\"stripped\","));
  BOOST_TEST(Lacks(text, "eyJ"));
  BOOST_TEST(ExpositionFaults(text) == std::vector<std::string>(),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(folder_that_is_absent_is_a_warning_in_the_job_s_log) {
  std::filesystem::remove(host.Path("metrics"));
  const JobRun run = host.Play(JobThat({"echo it-ran"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(Out(run), "\nit-ran\n"));
  BOOST_TEST(Has(run.Find("prepare")->result.err, "warning: METRICS_FAILED: "));
}

BOOST_AUTO_TEST_CASE(disk_that_is_full_keeps_the_old_counts) {
  const SmallDisk disk(host.Path("metrics"));
  BOOST_TEST(host.Play(ProtectedDeploy()).outcome == Outcome::kSucceeded);
  const std::string before = Slurp(path);
  disk.Fill();
  const JobRun run = host.Play(JobThat({"echo it-ran"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(run.Find("prepare")->result.err, "warning: METRICS_FAILED: "));
  BOOST_TEST(Has(run.log(), "No space left on device"));
  BOOST_TEST(Slurp(path) == before);
}

BOOST_AUTO_TEST_SUITE_END()
