// How the commands of a wrapped driver end, and what of that GitLab Runner is told.

#include <sys/stat.h>

#include <algorithm>
#include <csignal>

#include "tests/e2e/attacker.h"
#include "tests/e2e/wrap_host.h"

using namespace jobwarden::testing;
using Interruption = RunnerOptions::Interruption;
using Json = nlohmann::ordered_json;

BOOST_AUTO_TEST_SUITE(wrap_outcome)

BOOST_AUTO_TEST_CASE(answer_of_the_driver_reaches_the_runner) {
  WrapHost host;
  host.Answer({{"builds_dir", host.Path("elsewhere")},
               {"cache_dir", host.Path("cache")},
               {"driver", {{"name", "recorder"}, {"version", "7"}}},
               {"job_env", {{"FROM_CONFIG", "to all calls"}}},
               {"new_in_some_runner", {1, 2.5, nullptr}}});
  const JobRun run = host.Play(JobThat({"pwd"}));
  const Json answer = Json::parse(run.Find("config")->result.out);
  BOOST_TEST(answer["driver"]["name"] == "jobwarden+recorder");
  BOOST_TEST(std::string(answer["driver"]["version"]).ends_with("+7"));
  BOOST_TEST((answer["new_in_some_runner"] == Json{1, 2.5, nullptr}));
  BOOST_TEST(!answer.contains("shell"));
  BOOST_TEST(Has(Out(run), "\n" + host.Path("elsewhere")));
  BOOST_TEST(Has(run.Find("config")->result.err, "config of the wrapped driver\n"));
  for (const char* name : {"prepare", "build_script", "cleanup"}) {
    BOOST_TEST(host.Of(name).environment.at("FROM_CONFIG") == "to all calls");
  }
}

BOOST_AUTO_TEST_CASE(large_answer_within_the_limit_is_passed_on) {
  WrapHost host;
  host.Answer(
      {{"builds_dir", host.Path("builds")}, {"job_env", {{"LARGE", std::string(100'000, 'x')}}}});
  BOOST_TEST(host.Play(JobThat({"true"})).outcome == Outcome::kSucceeded);
  BOOST_TEST(host.Of("prepare").environment.at("LARGE").size() == 100'000U);
}

BOOST_AUTO_TEST_CASE(exit_code_that_the_driver_tells_reaches_the_runner) {
  WrapHost host;
  const JobRun run = host.Play(JobThat({"exit 42"}));
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(run.Find("build_script")->exit_code_file == "42\n");
}

BOOST_AUTO_TEST_CASE(way_in_which_a_stage_fails_is_passed_on) {
  struct Case {
    const char* how;
    Outcome outcome;
    int status;
    int exit_code;
  };
  for (const Case& each :
       {Case{"exit 1", Outcome::kJobFailed, 1, 0}, Case{"exit 2", Outcome::kSystemFailure, 2, 0},
        Case{"exit 3", Outcome::kSystemFailure, 3, 0},
        Case{"exit 255", Outcome::kSystemFailure, 255, 0},
        Case{"tell 42", Outcome::kJobFailed, 1, 42}, Case{"tell 1", Outcome::kJobFailed, 1, 1},
        Case{"kill 9", Outcome::kSystemFailure, 137, 0}}) {
    for (const char* stage : {"get_sources", "build_script"}) {
      BOOST_TEST_CONTEXT(each.how << " in " << stage) {
        RunnerHost host;
        host.Wrap(WrapCommands("\"" + kDrivers + "/failing_driver\", \"" + stage + "\", \"" +
                               each.how + "\""));
        const JobRun run = host.Play(JobThat({"true"}));
        BOOST_TEST(run.outcome == each.outcome);
        BOOST_TEST(run.exit_code == each.exit_code);
        const Call* call = run.Find(stage);
        BOOST_REQUIRE(call != nullptr);
        BOOST_TEST(call->result.exit_code == each.status);
        BOOST_TEST(Has(call->result.err, std::string("failing in ") + stage));
        BOOST_TEST(run.CallNames().back() == "cleanup");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(way_in_which_config_and_prepare_fail_is_passed_on) {
  for (const char* command : {"config", "prepare"}) {
    for (const auto& [how, outcome, tries] : {std::tuple("exit 1", Outcome::kJobFailed, 1),
                                              {"exit 2", Outcome::kSystemFailure, 3},
                                              {"exit 3", Outcome::kSystemFailure, 3},
                                              {"kill 15", Outcome::kSystemFailure, 3}}) {
      BOOST_TEST_CONTEXT(how << " in " << command) {
        RunnerHost host;
        host.Wrap(WrapCommands("\"" + kDrivers + "/failing_driver\", \"" + command + "\", \"" +
                               how + "\""));
        const JobRun run = host.Play(JobThat({"true"}));
        BOOST_TEST(run.outcome == outcome);
        const auto names = run.CallNames();
        BOOST_TEST(std::count(names.begin(), names.end(), "config") == tries);
        BOOST_TEST((run.Find("prepare_script") == nullptr));
        BOOST_TEST(Has(run.log(), std::string("failing in ") + command));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(way_in_which_cleanup_fails_is_passed_on_and_the_job_stays_what_it_was) {
  for (const auto& [how, status] : {std::pair("exit 7", 7), std::pair("kill 9", 137)}) {
    RunnerHost host;
    host.Wrap(WrapCommands("\"" + kDrivers + "/failing_driver\", \"cleanup\", \"" + how + "\""));
    const JobRun run = host.Play(JobThat({"true"}));
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(run.Find("cleanup")->result.exit_code == status);
    BOOST_TEST(Has(run.Find("cleanup")->result.err, "exit status " + std::to_string(status)));
  }
}

BOOST_AUTO_TEST_CASE(cleanup_that_cannot_be_started_is_a_failure) {
  RunnerHost host;
  host.Wrap("run = [\"/bin/true\"]\ncleanup = [\"/nowhere/driver\"]\n");
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(run.Find("cleanup")->result.exit_code == 2);
  BOOST_TEST(Has(run.Find("cleanup")->result.err, "DRIVER_FAILED: executor.wrap.cleanup: "));
}

BOOST_AUTO_TEST_CASE(answer_that_the_runner_could_not_use_is_refused) {
  const std::pair<const char*, const char*> answers[] = {
      {"echo hello", "hint: let the driver's config print nothing, or one JSON object"},
      {"echo '[{}]'", "expected an object, got array"},
      {"printf '{\"hostname\":\"\\377\"}'", "hint: let the driver's config"},
      {"printf '{\"a\":'; head -c 2000 /dev/zero | tr '\\0' '['", "hint: let the driver's config"},
      {"head -c 3000000 /dev/zero | tr '\\0' ' '; exit 9", "hint: let the driver's config"},
      {"while echo '          '; do :; done", "hint: let the driver's config"},
      {"echo '{\"builds_dir\":[\"/b\"]}'", "builds_dir: expected a string, got array"},
      {"echo '{\"job_env\":{\"TMPDIR\":\"/x\"}}'", "job_env sets TMPDIR"},
  };
  for (const auto& [answer, says] : answers) {
    BOOST_TEST_CONTEXT(answer) {
      RunnerHost host;
      const std::string driver = host.folder.Write(
          "driver", std::string("#!/bin/sh\n[ $1 != config ] || { ") + answer + "\n}\n");
      chmod(driver.c_str(), 0700);
      host.Wrap(WrapCommands("\"" + driver + "\""));
      const JobRun run = host.Play(JobThat({"true"}));
      BOOST_TEST(run.outcome == Outcome::kSystemFailure);
      BOOST_TEST(run.Find("config")->result.exit_code == 2);
      BOOST_TEST(run.Find("config")->result.out == "");
      BOOST_TEST((run.Find("prepare") == nullptr));
      BOOST_TEST(run.CallNames().back() == "cleanup");
      BOOST_TEST(Has(run.log(), "jobwarden: DRIVER_FAILED: executor.wrap.config: its answer"));
      BOOST_TEST(Has(run.log(), says));
      BOOST_TEST(Lacks(run.log(), "memory"));
    }
  }
}

BOOST_AUTO_TEST_CASE(driver_that_closes_its_standard_output_has_said_nothing) {
  RunnerHost host;
  const std::string driver =
      host.folder.Write("driver", "#!/bin/sh\nexec >&-\n[ $1 != config ] || sleep 0.1\n");
  chmod(driver.c_str(), 0700);
  host.Wrap(WrapCommands("\"" + driver + "\""));
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Json::parse(run.Find("config")->result.out)["driver"]["name"] == "jobwarden");
}

BOOST_AUTO_TEST_CASE(driver_whose_config_does_not_end_is_ended_with_us) {
  RunnerHost host;
  const std::string pid_file = host.Path("pid");
  const std::string driver =
      host.folder.Write("driver", "#!/bin/sh\n[ $1 = config ] || exit 0\necho $$ >'" + pid_file +
                                      "'\necho waiting >&2\nexec sleep 1000\n");
  chmod(driver.c_str(), 0700);
  host.Wrap(WrapCommands("\"" + driver + "\""));
  host.options.interruption = Interruption::kTimeout;
  host.options.interrupt_stage = "config";
  host.options.interrupt_at = "waiting\n";
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(run.Find("config")->result.exit_code == 143);
  BOOST_TEST((run.Find("prepare_script") == nullptr));
  BOOST_TEST(Ends(Slurp(pid_file)));
}

BOOST_AUTO_TEST_CASE(driver_that_cannot_be_started_is_told_why) {
  struct Case {
    const char* text;
    const char* hint;
  };
  for (const Case& each :
       {Case{"#!/nowhere/bash\n", "hint: see that the interpreter in its first line is there"},
        Case{"#!/bin/sh\r\n", "hint: see that the interpreter in its first line is there"},
        Case{"echo hello\n", "hint: a script begins with its interpreter"},
        Case{"#!/etc/passwd\n", "the interpreter in its first line"}}) {
    BOOST_TEST_CONTEXT(each.text) {
      RunnerHost host;
      const std::string driver = host.folder.Write("driver", each.text);
      chmod(driver.c_str(), 0700);
      host.Wrap(WrapCommands("\"" + driver + "\""));
      const JobRun run = host.Play(JobThat({"true"}));
      BOOST_TEST(run.outcome == Outcome::kSystemFailure);
      BOOST_TEST(Has(run.log(), "DRIVER_FAILED: "));
      BOOST_TEST(Has(run.log(), driver));
      BOOST_TEST(Has(run.log(), each.hint));
      BOOST_TEST(Lacks(run.log(), "memory"));
    }
  }
}

BOOST_AUTO_TEST_CASE(driver_that_is_not_there_is_named) {
  const auto missing = [](const std::string& path, const std::string& why) {
    for (const char* command : {"config", "prepare", "run"}) {
      BOOST_TEST_CONTEXT(command << " " << path) {
        RunnerHost host;
        std::string commands = WrapCommands("\"/bin/true\"");
        Change(commands, std::string(command) + " = [\"/bin/true\"",
               std::string(command) + " = [\"" + path + "\"");
        host.Wrap(commands);
        const JobRun run = host.Play(JobThat({"true"}));
        BOOST_TEST(run.outcome == Outcome::kSystemFailure);
        BOOST_TEST(Has(run.log(), " DRIVER_FAILED: "));
        BOOST_TEST(Has(run.log(), path));
        BOOST_TEST(Has(run.log(), why));
      }
    }
  };
  missing("/nowhere/driver", "No such file or directory");
  TempFolder folder;
  missing(folder.Write("driver", "#!/bin/sh\n"), "Permission denied");
}

BOOST_AUTO_TEST_CASE(cancel_reaches_the_driver_once_and_after_script_still_runs) {
  WrapHost host;
  Job job = JobThat({"trap 'echo told; exit 1' TERM", "echo ready", "sleep 1000 & wait"});
  job.after_script = {"echo bye"};
  host.options.interruption = Interruption::kCancel;
  host.options.interrupt_at = "\nready\n";
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kCanceled);
  const std::string out = Out(run);
  BOOST_TEST(Has(out, "\ntold\n"));
  BOOST_TEST(out.find("told\n", out.find("\ntold\n") + 6) == out.npos);
  BOOST_TEST(Has(Out(run, "after_script"), "\nbye\n"));
  BOOST_TEST(host.Called().back() == "cleanup");
}

BOOST_AUTO_TEST_CASE(driver_that_ignores_the_signal_ends_with_all_that_it_started) {
  WrapHost host;
  const std::string pid_file = host.Path("pid");
  const JobRun run = TimeOutThoughDeaf(host, pid_file);
  BOOST_TEST(Ends(Slurp(pid_file)));
  // The script that the driver was given went with the driver's own cleanup.
  BOOST_TEST(run.left_before_cleanup.contains("jobwarden-wrap/script."));
  BOOST_TEST(!run.left_after_cleanup.contains("jobwarden-wrap/script."));
}

BOOST_AUTO_TEST_CASE(what_the_driver_leaves_running_lives_on_and_holds_nobody_up) {
  RunnerHost host;
  host.options.limit = std::chrono::seconds(30);
  const std::string pid_file = host.Path("pid");
  const std::string driver = host.folder.Write(
      "driver", "#!/bin/bash\ncase $1 in\nprepare) sleep 1000 & echo $! >'" + pid_file +
                    "' ;;\nrun) kill -0 $(cat '" + pid_file +
                    "') && echo alive ;;\ncleanup) kill $(cat '" + pid_file + "') ;;\nesac\n");
  chmod(driver.c_str(), 0700);
  host.Wrap(WrapCommands("\"" + driver + "\""));
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(Out(run), "\nalive\n"));
  BOOST_TEST(Ends(Slurp(pid_file)));
}

BOOST_AUTO_TEST_CASE(output_that_ends_a_moment_after_the_driver_is_not_lost) {
  RunnerHost host;
  const std::string driver = host.folder.Write(
      "driver", "#!/bin/bash\nexec > >(sleep 0.05; cat)\necho through another process\n");
  chmod(driver.c_str(), 0700);
  host.Wrap("run = [\"" + driver + "\"]\n");
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(Has(Out(run), "\nthrough another process\n"));
}

BOOST_AUTO_TEST_SUITE_END()
