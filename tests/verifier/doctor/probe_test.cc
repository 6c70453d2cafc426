// The probe: the installed driver and hook are shown to refuse, and replaced ones are found out.

#include "verifier/doctor/probe.h"

#include "tests/support/has.h"
#include "tests/verifier/doctor/doctor_host.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

std::vector<Diagnosis> ProbeOf(DoctorHost& host) {
  host.Look();  // writes the files
  return Probe(Receive(host.machine));
}

std::string All(const std::vector<Diagnosis>& found) {
  std::string text;
  for (const Diagnosis& each : found) {
    text += std::string(HealthName(each.health)) + " " + each.id + ": " + each.seen + "\n";
  }
  return text;
}

// Puts a program in the place of the installed one.
void ReplaceProgram(DoctorHost& host, const std::string& name, const std::string& script) {
  std::filesystem::remove(host.folder / ("opt/" + name));
  host.Install("opt/" + name, "#!/bin/sh\n" + script + "\n");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(probe)

BOOST_AUTO_TEST_CASE(the_driver_is_shown_to_verify_and_leaves_nothing) {
  DoctorHost host;
  const std::string all = All(ProbeOf(host));
  BOOST_TEST(Has(all, "ok probe-gitlab: " + (host.folder / "opt/jobwarden-executor") +
                          " lets a good token of the probe's issuer in, and refuses 7 bad ones\n"));
  BOOST_TEST(Has(all, "ok probe-gitlab: forged tokens are refused under the installed"));
  BOOST_TEST(Lacks(all, "failed"));
  const std::string audit = Slurp(host.folder / "log/audit.jsonl");
  BOOST_TEST(Has(audit, "jobwarden/probe"));
  BOOST_TEST(Lacks(audit, "\"outcome\":\"allow\""));
}

BOOST_AUTO_TEST_CASE(a_driver_that_says_yes_is_found_out) {
  DoctorHost host;
  ReplaceProgram(host, "jobwarden-executor", "exit 0");
  const std::string all = All(ProbeOf(host));
  for (const char* what : {"no token", "an expired token", "another job's token",
                           "a token for another audience", "a token that another key signed",
                           "a token with alg \"none\"", "a token with HS256 by the public key"}) {
    BOOST_TEST(Has(all, "failed probe-gitlab: a job with " + std::string(what) + " is let in\n"));
  }
  BOOST_TEST(Has(all, "is let in under the installed configuration"));
}

BOOST_AUTO_TEST_CASE(a_driver_that_refuses_everything_is_found_out) {
  DoctorHost host;
  ReplaceProgram(host, "jobwarden-executor", "exit $BUILD_FAILURE_EXIT_CODE");
  const std::string all = All(ProbeOf(host));
  BOOST_TEST(Has(all, "a job with a good token is refused, and should run"));
  BOOST_TEST(Has(all, "is refused, and not as TOKEN_EXPIRED"));
}

BOOST_AUTO_TEST_CASE(a_driver_that_crashes_or_is_absent_is_found_out) {
  DoctorHost host;
  ReplaceProgram(host, "jobwarden-executor", "kill -SEGV $$");
  BOOST_TEST(Has(All(ProbeOf(host)), "a job with no token: exit status 139"));
  std::filesystem::remove(host.folder / "opt/jobwarden-executor");
  BOOST_TEST(Has(All(ProbeOf(host)), "failed probe-gitlab: program"));
}

BOOST_AUTO_TEST_CASE(a_driver_that_others_could_have_changed_is_not_started) {
  DoctorHost host;
  ReplaceProgram(host, "jobwarden-executor", "touch " + (host.folder / "started"));
  host.ChownToUser("opt/jobwarden-executor");
  BOOST_TEST(Has(All(ProbeOf(host)), "failed probe-gitlab: program"));
  BOOST_TEST(!std::filesystem::exists(host.folder / "started"));
}

BOOST_AUTO_TEST_CASE(report_mode_is_no_fault_of_the_drivers) {
  DoctorHost host;
  host.config = "mode = \"report\"\n" + host.config;
  const std::string all = All(ProbeOf(host));
  BOOST_TEST(Has(all, "mode = \"report\" refuses none"));
  BOOST_TEST(Lacks(all, "failed"));
}

BOOST_AUTO_TEST_CASE(a_rule_that_lets_every_tokenless_job_in_is_said) {
  DoctorHost host;
  host.config += "[[allow]]\nname = \"open\"\ntokenless = true\nfacts = { ref = \"*\" }\n";
  const std::string all = All(ProbeOf(host));
  BOOST_TEST(Has(all, "warning probe-gitlab: a job with no token is let in under the installed"));
  BOOST_TEST(Lacks(all, "failed"));
}

BOOST_AUTO_TEST_CASE(the_hook_is_shown_to_verify) {
  DoctorHost host(true);
  const std::string all = All(ProbeOf(host));
  BOOST_TEST(all == "ok probe-github: " + (host.folder / "opt/jobwarden-hook") +
                        " lets a good token of the probe's issuer in, and refuses 7 bad ones\n");
}

BOOST_AUTO_TEST_CASE(a_hook_that_says_yes_or_no_to_all_is_found_out) {
  DoctorHost host(true);
  ReplaceProgram(host, "jobwarden-hook", "echo 'allowed by rule'; exit 0");
  const std::string yes = All(ProbeOf(host));
  BOOST_TEST(Has(yes, "failed probe-github: a job with an expired token is let in\n"));
  BOOST_TEST(Has(yes, "failed probe-github: a job with no token is let in\n"));
  ReplaceProgram(host, "jobwarden-hook", "exit 1");
  BOOST_TEST(Has(All(ProbeOf(host)), "a job with a good token is refused, and should run"));
}

// The runner's user writes .env, so that what it names is not started unseen by root.
BOOST_AUTO_TEST_CASE(a_hook_of_the_runners_user_is_not_started) {
  DoctorHost host(true);
  std::filesystem::create_directory(host.folder / "mine");
  host.Install("mine/jobwarden-hook", "#!/bin/sh\ntouch " + (host.folder / "started") + "\n");
  host.ChownToUser("mine");
  host.env = "ACTIONS_RUNNER_HOOK_JOB_STARTED=" + (host.folder / "mine/job-started.sh") + "\n";
  BOOST_TEST(Has(All(ProbeOf(host)), "failed probe-github: program"));
  BOOST_TEST(!std::filesystem::exists(host.folder / "started"));
}

BOOST_AUTO_TEST_SUITE_END()
