// What another custom executor driver gets of a job behind the gate, and what of its output is
// seen.

#include <sys/stat.h>

#include <algorithm>

#include "tests/e2e/wrap_host.h"

using namespace jobwarden::testing;
using Json = nlohmann::ordered_json;

BOOST_AUTO_TEST_SUITE(wrap)

BOOST_AUTO_TEST_CASE(driver_runs_the_job_and_is_called_as_the_runner_would_call_it) {
  WrapHost host;
  std::string job_folder;
  std::string script;
  const auto note = host.options.before_call;
  host.options.before_call = [&](const CallAhead& call) {
    note(call);
    job_folder = call.folder;
    if (call.name == "build_script") script = call.script;
  };
  const JobRun run = host.Play(JobThat({"echo from-the-job"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(Out(run), "\nfrom-the-job\n"));
  BOOST_TEST(host.Called() == run.CallNames(), boost::test_tools::per_element());

  for (const DriverRecord& record : host.Records()) {
    BOOST_TEST_CONTEXT(record.name) {
      BOOST_TEST(record.folder == job_folder + "\n");
      const bool stage = record.arguments[0] == "run";
      BOOST_TEST(record.arguments.size() == (stage ? 3U : 1U));
      if (!stage) BOOST_TEST(record.arguments[0] == record.name);
      if (stage) BOOST_TEST(record.arguments[2] == record.name);
      // What the driver finds is what the runner gave, without tokens.
      Environment given = host.given.at(record.name);
      given.erase("JOB_RESPONSE_FILE");
      Environment got = record.environment;
      got.erase("JOB_RESPONSE_FILE");
      TakeTokensAway(given);
      TakeTokensAway(got);
      BOOST_TEST((got == given));
    }
  }
  const DriverRecord build = host.Of("build_script");
  BOOST_TEST(build.mode.starts_with("700 " + job_folder + "/"));
  BOOST_TEST(build.mode.ends_with("/script.\n"));
  BOOST_TEST(build.arguments[1] != script);
}

BOOST_AUTO_TEST_CASE(commands_that_serve_the_driver_keep_the_job_token_and_lose_id_tokens) {
  for (const char* unused : {"strip", "mask"}) {
    WrapHost host;
    host.config += std::string("[exposure]\naliases = \"strip\"\nunused = \"") + unused + "\"\n";
    Job job = JobThat({"test -n \"$VAULT_ID_TOKEN$PYPI_STAGING_ID_TOKEN\""});
    job.variables = {{"ALIAS", "$VAULT_ID_TOKEN"},
                     {"BOTH", "$CI_JOB_TOKEN:$VAULT_ID_TOKEN"},
                     {"JOBWARDEN_KEEP", "VAULT_ID_TOKEN"}};
    const JobRun run = host.Play(job);
    BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
    for (const char* name : {"config", "prepare", "cleanup"}) {
      BOOST_TEST_CONTEXT(name) {
        const DriverRecord record = host.Of(name);
        for (const std::string& token : kTokens) {
          BOOST_TEST(Lacks(record.everything(), Signature(host, job, token)));
          BOOST_TEST(!record.environment.contains("CUSTOM_ENV_" + token));
        }
        for (const char* gone : {"CUSTOM_ENV_ALIAS", "CUSTOM_ENV_BOTH"}) {
          BOOST_TEST(!record.environment.contains(gone));
        }
        BOOST_TEST(record.environment.at("CUSTOM_ENV_CI_JOB_TOKEN") == job.job_token);
        const Json response = Json::parse(record.response);
        BOOST_TEST(response["token"] == job.job_token);
        BOOST_TEST(response["credentials"][0]["password"] == job.job_token);
        BOOST_TEST(response["id"] == job.id);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(legacy_tokens_and_tokens_in_secrets_do_not_reach_the_driver_either) {
  WrapHost host;
  Job job = JobThat({"true"});
  const std::string legacy = host.TokenOf(job, "PYPI_STAGING_ID_TOKEN");
  job.id_tokens.pop_back();
  job.predefined = {{"CI_JOB_JWT_V2", host.signer.Sign(R"({"iss":"gitlab.example.com"})")}};
  RunnerJob sent = Send(job, host.signer);
  std::string vault;
  for (const Json& variable : sent.response["variables"]) {
    if (variable["key"] == "VAULT_ID_TOKEN") vault = variable["value"];
  }
  sent.response["secrets"]["DB"]["vault"]["server"]["auth"]["data"]["jwt"] = vault;
  BOOST_TEST(host.Play(sent).outcome == Outcome::kSucceeded);
  for (const char* name : {"config", "prepare", "cleanup"}) {
    BOOST_TEST_CONTEXT(name) {
      const std::string everything = host.Of(name).everything();
      BOOST_TEST(Lacks(everything, vault));
      BOOST_TEST(Lacks(everything, "eyJ"));
    }
  }
}

BOOST_AUTO_TEST_CASE(services_stay_and_lose_only_the_token_in_them) {
  WrapHost host;
  const Job job = JobThat({"true"});
  RunnerJob sent = Send(job, host.signer);
  std::string vault;
  for (const Json& variable : sent.response["variables"]) {
    if (variable["key"] == "VAULT_ID_TOKEN") vault = variable["value"];
  }
  sent.response["services"] = {
      {{"name", "redis:7"}, {"variables", {{"TOKEN", "Bearer " + vault}}}}};
  BOOST_TEST(host.Play(sent).outcome == Outcome::kSucceeded);
  const DriverRecord record = host.Of("prepare");
  const Json services = Json::parse(record.environment.at("CUSTOM_ENV_CI_JOB_SERVICES"));
  BOOST_TEST(services[0]["name"] == "redis:7");
  BOOST_TEST(services[0]["variables"]["TOKEN"] == "Bearer ");
  BOOST_TEST(Json::parse(record.response)["services"][0]["name"] == "redis:7");
  BOOST_TEST(Lacks(record.everything(), vault));
}

BOOST_AUTO_TEST_CASE(stage_is_given_the_tokens_that_it_uses) {
  WrapHost host;
  host.config += "[exposure]\nusage = \"script\"\n";
  Job job = JobThat({"test -n \"$VAULT_ID_TOKEN\"", "env"});
  job.after_script = {"echo \"${PYPI_STAGING_ID_TOKEN:+pypi}\""};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  const auto sees = [&](const char* stage, const char* token) {
    const DriverRecord record = host.Of(stage);
    const std::string text = host.TokenOf(job, token);
    const bool in_environment = record.environment.contains("CUSTOM_ENV_" + std::string(token));
    BOOST_TEST((record.script.find(text) != std::string::npos) == in_environment);
    BOOST_TEST((record.response.find(text) != std::string::npos) == in_environment);
    return in_environment;
  };
  BOOST_TEST(sees("build_script", "VAULT_ID_TOKEN"));
  BOOST_TEST(!sees("build_script", "PYPI_STAGING_ID_TOKEN"));
  BOOST_TEST(!sees("after_script", "VAULT_ID_TOKEN"));
  BOOST_TEST(host.Of("get_sources").environment.contains("CUSTOM_ENV_CI_JOB_TOKEN"));
  BOOST_TEST(!host.Of("build_script").environment.contains("CUSTOM_ENV_CI_JOB_TOKEN"));
  BOOST_TEST(Lacks(host.Of("build_script").script, job.job_token));
  BOOST_TEST(sees("after_script", "PYPI_STAGING_ID_TOKEN"));
  for (const DriverRecord& record : host.Records()) {
    BOOST_TEST(Lacks(record.everything(), Signature(host, job, "JOBWARDEN_ID_TOKEN")));
  }
  // The job itself ran with what its driver was given.
  BOOST_TEST(Has(Out(run), "\nVAULT_ID_TOKEN="));
  BOOST_TEST(Lacks(Out(run), "PYPI_STAGING_ID_TOKEN"));
  BOOST_TEST(Has(Out(run, "after_script"), "\npypi\n"));
}

BOOST_AUTO_TEST_CASE(token_that_a_file_of_the_checkout_may_use_is_kept_and_the_log_says_so_once) {
  WrapHost host;
  Job job = JobThat({"./deploy.sh || true"});
  job.after_script = {"./report.sh || true"};
  const JobRun run = host.Play(job);
  const DriverRecord record = host.Of("build_script");
  BOOST_TEST(record.environment.contains("CUSTOM_ENV_VAULT_ID_TOKEN"));
  BOOST_TEST(!record.environment.contains("CUSTOM_ENV_JOBWARDEN_ID_TOKEN"));
  const std::string said =
      "stay in this job, although no line of it names them: a file of the project may, and "
      "jobwarden "
      "could not search all of them: they are where the driver that runs the job put them\n";
  BOOST_TEST(Has(run.Find("build_script")->result.err, said));
  // Once a job.
  BOOST_TEST(Has(Out(run, "after_script"), "report.sh"));
  BOOST_TEST(Lacks(run.Find("after_script")->result.err, said));
}

BOOST_AUTO_TEST_CASE(script_for_powershell_is_read_as_powershell) {
  WrapHost host;
  host.config += "[exposure]\nusage = \"script\"\n";
  std::filesystem::create_directory(host.Path("bin"));
  chmod(host.folder.Write("bin/pwsh", "#!/bin/sh\ncat\n").c_str(), 0700);
  host.options.environment["PATH"] = host.Path("bin") + ":" + std::getenv("PATH");
  // For a shell this begins no comment.
  Job job = JobThat({"echo \"`\"\"", "# '$env:VAULT_ID_TOKEN", "echo $env:PYPI_STAGING_ID_TOKEN"});
  job.shell = Shell::kPwsh;
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
  const DriverRecord record = host.Of("build_script");
  BOOST_TEST(record.mode.ends_with("/script.ps1\n"));
  BOOST_TEST(!record.environment.contains("CUSTOM_ENV_VAULT_ID_TOKEN"));
  BOOST_TEST(record.environment.contains("CUSTOM_ENV_PYPI_STAGING_ID_TOKEN"));
}

BOOST_AUTO_TEST_CASE(report_mode_withholds_nothing) {
  WrapHost host;
  Change(host.config, "\"enforce\"", "\"report\"");
  const JobRun run = host.Play(FeatureBranchDeploy());
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  for (const DriverRecord& record : host.Records()) {
    BOOST_TEST_CONTEXT(record.name) {
      BOOST_TEST((record.environment == host.given.at(record.name)));
      BOOST_TEST(record.response == host.given_response.at(record.name));
    }
  }
}

BOOST_AUTO_TEST_CASE(report_mode_hands_on_what_nobody_could_read) {
  WrapHost host;
  Change(host.config, "\"enforce\"", "\"report\"");
  const auto note = host.options.before_call;
  std::string script;
  host.options.before_call = [&](const CallAhead& call) {
    std::ofstream(call.job_response) << "{";
    if (call.name == "build_script") script = call.script;
    note(call);
  };
  RunnerJob sent = Send(JobThat({"true"}), host.signer);
  sent.scripts["build_script"] = "echo what is this\n";
  const JobRun run = host.Play(sent);
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(Out(run), "\nwhat is this\n"));
  BOOST_TEST(Has(run.log(), "warning: SCRIPT_UNREADABLE: "));
  BOOST_TEST(host.Called() == run.CallNames(), boost::test_tools::per_element());
  for (const DriverRecord& record : host.Records()) {
    BOOST_TEST_CONTEXT(record.name) {
      BOOST_TEST((record.environment == host.given.at(record.name)));
      BOOST_TEST(record.response == "{");
    }
  }
  BOOST_TEST(host.Of("build_script").arguments[1] == script);
}

BOOST_AUTO_TEST_CASE(denied_job_gets_no_machine_and_is_cleaned_up_after) {
  WrapHost host;
  const Job job = FeatureBranchDeploy();
  const JobRun run = host.Play(job);
  BOOST_TEST(Denied(run, "NO_RULE_ALLOWS"));
  const std::vector<std::string> called = {"config", "cleanup"};
  BOOST_TEST(host.Called() == called, boost::test_tools::per_element());
  for (const DriverRecord& record : host.Records()) {
    for (const std::string& token : kTokens) {
      BOOST_TEST(Lacks(record.everything(), Signature(host, job, token)));
    }
  }
}

BOOST_AUTO_TEST_CASE(driver_runs_no_stage_without_a_verdict) {
  WrapHost host;
  host.options.call_prepare = false;
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "VERDICT_MISSING"));
  const std::vector<std::string> called = {"config", "cleanup"};
  BOOST_TEST(host.Called() == called, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(driver_is_not_given_a_script_that_nobody_understood) {
  WrapHost host;
  RunnerJob sent = Send(JobThat({"true"}), host.signer);
  sent.scripts["build_script"] = "echo what is this\n";
  const JobRun run = host.Play(sent);
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.Find("build_script")->result.err, "SCRIPT_UNREADABLE"));
  const auto called = host.Called();
  BOOST_TEST((std::find(called.begin(), called.end(), "build_script") == called.end()));
}

BOOST_AUTO_TEST_CASE(driver_may_have_only_the_command_that_runs) {
  WrapHost host;
  host.Wrap("run = [\"" + kDrivers + "/recording_driver\", \"" + host.Path("driver") +
            "\", \"run\"]\n");
  RunnerJob sent = Send(JobThat({"true"}), host.signer);
  for (const std::string& stage : StagesOfJob(sent)) {
    sent.scripts[stage] = ScriptOf(sent, {host.Path("builds"), host.Path("cache")}, stage);
  }
  const JobRun run = host.Play(sent);
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  const Json answer = Json::parse(run.Find("config")->result.out);
  BOOST_TEST(answer["driver"]["name"] == "jobwarden");
  BOOST_TEST(answer.size() == 1U);
  for (const std::string& name : host.Called()) BOOST_TEST(name != "prepare");
}

BOOST_AUTO_TEST_CASE(both_outputs_of_the_driver_reach_the_log_apart) {
  WrapHost host;
  const JobRun run = host.Play(JobThat({"echo to-stdout", "echo to-stderr >&2"}));
  const ChildResult& prepare = run.Find("prepare")->result;
  BOOST_TEST(Has(prepare.out, "prepare of the wrapped driver\n"));
  BOOST_TEST(Has(prepare.err, "prepare says more\n"));
  BOOST_TEST(Lacks(prepare.out, "prepare says more"));
  BOOST_TEST(Has(Out(run), "\nto-stdout\n"));
  BOOST_TEST(Has(run.Find("build_script")->result.err, "to-stderr\n"));
  BOOST_TEST(Has(run.Find("cleanup")->result.out, "cleanup of the wrapped driver\n"));
}

BOOST_AUTO_TEST_CASE(outputs_of_the_driver_are_masked) {
  WrapHost host;
  const JobRun run =
      host.Play(JobThat({"echo \"out=$VAULT_ID_TOKEN;\"; echo \"err=$VAULT_ID_TOKEN;\" >&2"}));
  BOOST_TEST(Has(Out(run), "\nout=[MASKED];\n"));
  BOOST_TEST(Has(run.Find("build_script")->result.err, "err=[MASKED];\n"));
}

BOOST_AUTO_TEST_CASE(what_the_driver_prints_is_masked_but_for_its_answer) {
  RunnerHost host;
  const std::string driver = host.folder.Write(
      "driver",
      "#!/bin/sh\necho \"err $1: $CUSTOM_ENV_CI_JOB_TOKEN\" >&2\n"
      "if [ $1 = config ]\n"
      "then printf '{\"job_env\":{\"PASSWORD\":\"%s\"}}' \"$CUSTOM_ENV_CI_JOB_TOKEN\"\n"
      "else echo \"out $1: $PASSWORD\"\nfi\n");
  chmod(driver.c_str(), 0700);
  host.Wrap(WrapCommands("\"" + driver + "\""));
  const Job job = JobThat({"true"});
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(Has(run.Find("config")->result.out, job.job_token));
  for (const Call& call : run.calls) {
    const std::string command =
        call.name == "config" || call.name == "prepare" || call.name == "cleanup" ? call.name
                                                                                  : "run";
    BOOST_TEST(Has(call.result.err, "err " + command + ": "));
    BOOST_TEST(Lacks(call.result.err, job.job_token));
    if (call.name == "config") continue;
    BOOST_TEST(Has(call.result.out, "out " + command + ": [MASKED]\n"));
    BOOST_TEST(Lacks(call.result.out, job.job_token));
  }
}

BOOST_AUTO_TEST_CASE(script_is_on_disk_only_while_its_stage_runs) {
  WrapHost host;
  Files before_after_script;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "after_script") before_after_script = ReadFiles(call.folder);
  };
  Job job = JobThat({"echo a-line-of-the-job"});
  job.after_script = {"true"};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(host.Of("build_script").script, "a-line-of-the-job"));
  BOOST_TEST(!before_after_script.empty());
  for (const auto& [name, text] : before_after_script) {
    if (!name.ends_with("response.json")) BOOST_TEST(Lacks(text, "a-line-of-the-job"), name);
  }
  for (const auto& [name, text] : run.left_after_cleanup) {
    const bool of_the_runner =
        name == "response.json" || name == "build_exit_code" || name.starts_with("script");
    BOOST_TEST(of_the_runner, name);
  }
  BOOST_TEST(std::filesystem::is_empty(host.options.folder));
}

BOOST_AUTO_TEST_CASE(driver_cleans_up_also_where_the_job_cannot_be_read) {
  WrapHost host;
  host.options.before_call = [](const CallAhead& call) {
    if (call.name == "cleanup") std::ofstream(call.job_response) << "{";
  };
  const Job job = JobThat({"true"});
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
  const DriverRecord record = host.Of("cleanup");
  BOOST_TEST(!record.environment.contains("JOB_RESPONSE_FILE"));
  BOOST_TEST(record.environment.at("CUSTOM_ENV_CI_JOB_ID") == std::to_string(job.id));
  for (const std::string& token : kTokens) {
    BOOST_TEST(Lacks(record.everything(), Signature(host, job, token)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
