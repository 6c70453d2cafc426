// How the stages of an allowed job run, and end.

#include <sys/stat.h>

#include <csignal>

#include "tests/e2e/attacker.h"
#include "tests/e2e/harness.h"

using namespace jobwarden::testing;
using Interruption = RunnerOptions::Interruption;

BOOST_AUTO_TEST_SUITE(stages)

BOOST_AUTO_TEST_CASE(config_answers_what_the_runner_asks) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"true"}));
  const auto answer = nlohmann::json::parse(run.Find("config")->result.out);
  BOOST_TEST(answer["driver"]["name"] == "jobwarden");
  BOOST_TEST(answer["shell"] == "bash");
  BOOST_TEST(answer["builds_dir"] == host.Path("builds"));
  BOOST_TEST(answer["cache_dir"] == host.Path("cache"));
}

BOOST_AUTO_TEST_CASE(exit_code_of_the_job_reaches_the_runner) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"exit 42"}));
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(run.Find("build_script")->exit_code_file == "42");
}

BOOST_AUTO_TEST_CASE(shell_killed_by_a_signal_has_its_exit_code) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"kill -9 $$"}));
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(run.exit_code == 137);
}

BOOST_AUTO_TEST_CASE(exit_code_of_an_older_runner_is_lost_and_the_job_fails) {
  RunnerHost host;
  Job job = JobThat({"exit 42"});
  job.runner = Runner::k17_2;
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(run.exit_code == 0);
}

BOOST_AUTO_TEST_CASE(exit_code_file_does_not_keep_what_an_earlier_stage_wrote) {
  RunnerHost host;
  Job job = JobThat({"exit 42"});
  job.after_script = {"true"};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.Find("after_script")->exit_code_file == "");
}

BOOST_AUTO_TEST_CASE(failing_line_ends_the_script_and_after_script_still_runs) {
  RunnerHost host;
  Job job = JobThat({"false", "echo not reached"});
  job.after_script = {"echo status $CI_JOB_STATUS"};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(Lacks(run.log(), "\nnot reached\n"));
  BOOST_TEST(Has(run.log(), "\nstatus failed\n"));
}

BOOST_AUTO_TEST_CASE(stdout_and_stderr_stay_apart) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"echo to-stdout", "echo to-stderr >&2"}));
  const ChildResult& result = run.Find("build_script")->result;
  BOOST_TEST(Has(result.out, "to-stdout\n"));
  BOOST_TEST(Lacks(result.err, "to-stdout"));
  BOOST_TEST(Has(result.err, "to-stderr\n"));
  BOOST_TEST(Lacks(result.out, "\nto-stderr\n"));
}

BOOST_AUTO_TEST_CASE(output_comes_before_the_stage_ends) {
  RunnerHost host;
  const std::string go = host.Path("go");
  host.options.on_output = [&](const std::string&, pid_t, const std::string& log) {
    if (log.find("\nno newline yet") != log.npos) host.folder.Write("go", "");
  };
  const JobRun run = host.Play(
      JobThat({"printf 'no newline yet'", "while [ ! -e '" + go + "' ]; do sleep 0.01; done"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(large_output_arrives_whole) {
  RunnerHost host;
  const JobRun run =
      host.Play(JobThat({"head -c 20000000 /dev/zero | tr '\\0' x", "echo", "echo end"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  const std::string& out = run.Find("build_script")->result.out;
  BOOST_TEST(std::count(out.begin(), out.end(), 'x') >= 20'000'000);
  BOOST_TEST(out.ends_with("\nend\n"));
}

BOOST_AUTO_TEST_CASE(script_gets_a_clean_environment_and_a_folder_of_its_own) {
  RunnerHost host;
  host.options.environment["https_proxy"] = "http://proxy.example.com:3128";
  std::string folder_of_the_runner;
  host.options.before_call = [&](const CallAhead& call) { folder_of_the_runner = call.folder; };
  const JobRun run = host.Play(JobThat({"env", "stat -c 'mode %a' \"$TMPDIR\"", "umask"}));
  const std::string out = Out(run);
  for (const char* name :
       {"CUSTOM_ENV_", "JOB_RESPONSE_FILE", "BUILD_FAILURE_EXIT_CODE", "SYSTEM_FAILURE_EXIT_CODE",
        "BUILD_EXIT_CODE_FILE", "RUNNER_REGISTRATION_SECRET"}) {
    BOOST_TEST(Lacks(out, name));
  }
  BOOST_TEST(Has(out, "\nhttps_proxy=http://proxy.example.com:3128\n"));
  BOOST_TEST(Has(out, "\nHOME=" + host.folder.path() + "\n"));
  BOOST_TEST(Has(out, "\nUSER=gitlab-runner\n"));
  BOOST_TEST(Has(out, "\nLANG=C.UTF-8\n"));
  BOOST_TEST(Has(out, "\nTMPDIR="));
  BOOST_TEST(Has(out, "\nmode 700\n"));
  // What the runner keeps for this job lies elsewhere.
  const auto at = out.find("\nTMPDIR=") + 8;
  const std::string folder = out.substr(at, out.find('\n', at) - at);
  BOOST_TEST(folder != folder_of_the_runner);
  BOOST_TEST(!std::filesystem::exists(folder));
}

BOOST_AUTO_TEST_CASE(background_process_does_not_hold_the_stage_up) {
  RunnerHost host;
  host.options.limit = std::chrono::seconds(30);
  for (const char* line : {"sleep 1000 &", "nohup sleep 1000 &", "setsid sleep 1000 &",
                           "(setsid sh -c 'sleep 1000 & sleep 1000' &)"}) {
    BOOST_TEST_CONTEXT(line) {
      const JobRun run = host.Play(JobThat({line, "echo done"}));
      BOOST_TEST(run.outcome == Outcome::kSucceeded);
      BOOST_TEST(Has(Out(run), "\ndone\n"));
    }
  }
}

BOOST_AUTO_TEST_CASE(cleanup_ends_what_the_job_left_behind) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"setsid sleep 1000 & echo \"pid $!\""}));
  const std::string out = Out(run);
  const pid_t pid = std::stoi(out.substr(out.find("\npid ") + 5));
  BOOST_TEST((kill(pid, 0) != 0 || Slurp("/proc/" + std::to_string(pid) + "/cmdline").empty()));
}

BOOST_AUTO_TEST_CASE(cancel_ends_the_script_and_after_script_still_runs) {
  RunnerHost host;
  CancelIsGraceful(host);
}

BOOST_AUTO_TEST_CASE(nothing_runs_beside_after_script_when_the_driver_was_killed) {
  RunnerHost host;
  NothingRunsBesideAfterScript(host);
}

BOOST_AUTO_TEST_CASE(script_that_ignores_the_signal_ends_with_the_driver) {
  RunnerHost host;
  const std::string pid_file = host.Path("pid");
  const JobRun run = TimeOutThoughDeaf(host, pid_file);
  BOOST_TEST((run.Find("cleanup_file_variables") == nullptr));
  const std::string pid = Slurp(pid_file);
  BOOST_TEST(Slurp("/proc/" + pid.substr(0, pid.find('\n')) + "/cmdline").empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_left_in_the_folder_of_the_job) {
  RunnerHost host;
  const JobRun run =
      host.Play(JobThat({"touch \"$TMPDIR/left\"", "mkdir -m 0 \"$TMPDIR/locked\""}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  for (const auto& [name, text] : run.left_after_cleanup) {
    const bool of_the_runner =
        name == "response.json" || name == "build_exit_code" || name.starts_with("script");
    BOOST_TEST(of_the_runner, name);
    if (name.starts_with("script")) BOOST_TEST(text == "", name);
  }
  BOOST_TEST(std::filesystem::is_empty(host.options.folder));
}

BOOST_AUTO_TEST_CASE(runner_without_prepare_is_told_what_is_not_wired) {
  RunnerHost host;
  host.options.call_prepare = false;
  const std::string ran = host.Path("ran");
  const JobRun run = host.Play(JobThat({"touch '" + ran + "'"}));
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.Find("prepare_script")->result.log, "VERDICT_MISSING"));
  BOOST_TEST(Has(run.Find("prepare_script")->result.log, "prepare_exec"));
  BOOST_TEST(!std::filesystem::exists(ran));
}

// A runner that calls the stages also of a job that was refused.
BOOST_AUTO_TEST_CASE(nothing_runs_after_a_denial_whoever_calls) {
  RunnerHost host;
  const std::string ran = host.Path("ran");
  Job job = FeatureBranchDeploy();
  job.script = {"touch '" + ran + "'"};
  const std::string inner = host.options.driver[0];
  const std::string wrapper = host.folder.Write(
      "deaf",
      "#!/bin/sh\n'" + inner + "' \"$@\"\ncode=$?\n[ \"$3\" != prepare ] || exit 0\nexit $code\n");
  chmod(wrapper.c_str(), 0700);
  host.options.driver[0] = wrapper;
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST((run.Find("prepare_script") != nullptr));
  BOOST_TEST(!std::filesystem::exists(ran));
}

// The verdict of an allowed job, put where a later job's would be.
BOOST_AUTO_TEST_CASE(verdict_of_another_job_counts_for_nothing) {
  RunnerHost host;
  const std::string ran = host.Path("ran");
  std::string verdict;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "prepare_script") verdict = Slurp(call.folder / "verdict.json");
  };
  host.Play(JobThat({"true"}));
  BOOST_TEST(Has(verdict, R"("outcome":"allow")"));

  Job other = JobThat({"touch '" + ran + "'"});
  other.id = 9555;
  host.options.call_prepare = false;
  host.options.before_call = [&](const CallAhead& call) {
    const std::string path = call.folder / "verdict.json";
    std::ofstream(path) << verdict;
    chmod(path.c_str(), 0600);
  };
  const JobRun run = host.Play(other);
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "VERDICT_MISSING"));
  BOOST_TEST(!std::filesystem::exists(ran));
}

BOOST_AUTO_TEST_CASE(stage_of_an_unknown_name_runs) {
  RunnerHost host;
  Job job = JobThat({"true"});
  RunnerJob sent = Send(job, host.signer);
  sent.response["steps"].push_back({{"name", "attest"}, {"script", {"echo attested"}}});
  const JobRun run = host.Play(sent);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run, "step_attest"), "\nattested\n"));
}

BOOST_AUTO_TEST_SUITE_END()
