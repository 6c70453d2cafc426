// Disks that are full: the job does not run, and the log says why. In report mode it runs.

#include "tests/e2e/harness.h"
#include "tests/support/small_disk.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(full_disk)

BOOST_AUTO_TEST_CASE(disk_of_the_runner_s_folders_that_is_full) {
  RunnerHost host;
  const SmallDisk disk(host.Path("tmp"));
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "prepare") disk.Fill();
  };
  // Nothing is taken out of the job response: that would make room for the verdict.
  auto job = ProtectedDeploy();
  job.variables.push_back({"JOBWARDEN_KEEP",
                           "JOBWARDEN_ID_TOKEN PYPI_STAGING_ID_TOKEN CI_JOB_TOKEN "
                           "CI_REGISTRY_PASSWORD CI_REPOSITORY_URL"});
  const JobRun run = host.Play(job);
  BOOST_TEST(Broken(run, "STATE_UNWRITABLE"));
  BOOST_TEST(Has(run.log(), "No space left on device"));
}

BOOST_AUTO_TEST_CASE(disk_of_the_audit_log_that_is_full) {
  RunnerHost host;
  const SmallDisk disk(host.Path("audit"));
  Change(host.config, "/audit.jsonl", "/audit/audit.jsonl");
  disk.Fill();
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(Broken(run, "AUDIT_FAILED"));
  BOOST_TEST(Has(run.log(), "No space left on device"));
}

BOOST_AUTO_TEST_CASE(audit_that_is_not_required_only_warns_of_its_full_disk) {
  RunnerHost host;
  const SmallDisk disk(host.Path("audit"));
  Change(host.config, "/audit.jsonl\"", "/audit/audit.jsonl\"\nrequired = false");
  disk.Fill();
  const JobRun run = host.Play(JobThat({"echo it-ran"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(Out(run), "\nit-ran\n"));
  BOOST_TEST(Has(run.Find("prepare")->result.err, "warning: AUDIT_FAILED: "));
}

BOOST_AUTO_TEST_CASE(report_mode_runs_the_job_all_the_same) {
  RunnerHost host;
  Change(host.config, "\"enforce\"", "\"report\"");
  Change(host.config, "/audit.jsonl", "/audit/audit.jsonl");
  const SmallDisk audit(host.Path("audit"));
  audit.Fill();
  const SmallDisk disk(host.Path("tmp"));
  // The runner itself has to write its scripts.
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "prepare") disk.Fill();
    if (call.name == "prepare_script") disk.Free();
  };
  host.options.on_output = [&](const std::string& call, pid_t, const std::string&) {
    if (call == "prepare") disk.Free();
  };
  const JobRun run = host.Play(JobThat({"echo it-ran"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(Out(run), "\nit-ran\n"));
  BOOST_TEST(Has(run.Find("prepare")->result.err, "warning: AUDIT_FAILED: "));
}

BOOST_AUTO_TEST_SUITE_END()
