// Jobs that another custom executor driver runs, behind the gate: tests/support/recording_driver,
// which writes down what it gets, and tests/support/failing_driver.

#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <thread>

#include "tests/e2e/harness.h"

using namespace jobwarden::testing;
using Interruption = RunnerOptions::Interruption;
using Json = nlohmann::ordered_json;

namespace {

const std::string kDrivers = JOBWARDEN_TEST_DRIVERS;

// What the driver got in one call.
struct Record {
  std::string name;  // `config`, `prepare`, a stage, `cleanup`
  Environment environment;
  std::vector<std::string> arguments;
  std::string folder;
  std::string response;
  std::string script;
  std::string mode;

  std::string everything() const {
    std::string text = response + script;
    for (const auto& [key, value] : environment) {
      text.append(key).append("=").append(value).append("\n");
    }
    return text;
  }
};

Environment ReadEnvironment(const std::string& block) {
  Environment environment;
  for (std::size_t at = 0; at < block.size();) {
    const auto end = block.find('\0', at);
    const auto equals = block.find('=', at);
    environment[block.substr(at, equals - at)] = block.substr(equals + 1, end - equals - 1);
    at = end + 1;
  }
  return environment;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    lines.push_back(text.substr(at, text.find('\n', at) - at));
  }
  return lines;
}

// A runner whose recording driver is wrapped, and what each call of ours was given.
class WrapHost : public RunnerHost {
 public:
  WrapHost() {
    std::filesystem::create_directory(Path("driver"));
    Answer({{"builds_dir", Path("builds")}, {"cache_dir", Path("cache")}});
    Wrap(WrapCommands("\"" + kDrivers + "/recording_driver\", \"" + Path("driver") + "\""));
    options.before_call = [this](const CallAhead& call) {
      given[call.name] = call.environment;
      given_response[call.name] = Slurp(call.job_response);
    };
  }

  void Answer(const Json& answer) { folder.Write("driver/answer.json", answer.dump()); }

  std::vector<Record> Records() const {
    std::vector<Record> records;
    if (!std::filesystem::exists(Path("driver/calls"))) return records;
    std::set<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator(Path("driver/calls"))) {
      names.insert(each.path().filename());
    }
    for (const std::string& name : names) {
      const std::string call = Path("driver/calls/" + name + "/");
      records.push_back(
          {name.substr(name.find('-') + 1), ReadEnvironment(Slurp(call + "environment")),
           Lines(Slurp(call + "arguments")), Slurp(call + "folder"), Slurp(call + "response.json"),
           Slurp(call + "script"), Slurp(call + "mode")});
    }
    return records;
  }

  Record Of(const std::string& name) const {
    for (Record& record : Records()) {
      if (record.name == name) return std::move(record);
    }
    BOOST_ERROR("the driver was not called: " + name);
    return {};
  }

  std::vector<std::string> Called() const {
    std::vector<std::string> names;
    for (const Record& record : Records()) names.push_back(record.name);
    return names;
  }

  std::map<std::string, Environment> given;
  std::map<std::string, std::string> given_response;
};

// A part of the token that no other has.
std::string Signature(const RunnerHost& host, const Job& job, const std::string& name) {
  const std::string text = host.TokenOf(job, name);
  return text.substr(text.rfind('.') + 1);
}

// Whether the process of this line ends, as one does that was killed a moment ago.
bool Ends(const std::string& line) {
  const std::string command = "/proc/" + line.substr(0, line.find('\n')) + "/cmdline";
  for (int tries = 0; tries < 1000; ++tries) {
    if (Slurp(command).empty()) return line.ends_with('\n');
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

const std::vector<std::string> kTokens = {"JOBWARDEN_ID_TOKEN", "VAULT_ID_TOKEN",
                                          "PYPI_STAGING_ID_TOKEN"};

void TakeTokensAway(Environment& environment) {
  for (const std::string& name : kTokens) environment.erase("CUSTOM_ENV_" + name);
}

}  // namespace

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

  for (const Record& record : host.Records()) {
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
  const Record build = host.Of("build_script");
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
        const Record record = host.Of(name);
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
  const Record record = host.Of("prepare");
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
    const Record record = host.Of(stage);
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
  for (const Record& record : host.Records()) {
    BOOST_TEST(Lacks(record.everything(), Signature(host, job, "JOBWARDEN_ID_TOKEN")));
  }
  // The job itself ran with what its driver was given.
  BOOST_TEST(Has(Out(run), "\nVAULT_ID_TOKEN="));
  BOOST_TEST(Lacks(Out(run), "PYPI_STAGING_ID_TOKEN"));
  BOOST_TEST(Has(Out(run, "after_script"), "\npypi\n"));
}

BOOST_AUTO_TEST_CASE(token_that_a_file_of_the_checkout_may_use_is_kept_and_the_log_says_so) {
  WrapHost host;
  const Job job = JobThat({"./deploy.sh || true"});
  const JobRun run = host.Play(job);
  const Record record = host.Of("build_script");
  BOOST_TEST(record.environment.contains("CUSTOM_ENV_VAULT_ID_TOKEN"));
  BOOST_TEST(!record.environment.contains("CUSTOM_ENV_JOBWARDEN_ID_TOKEN"));
  BOOST_TEST(Has(run.Find("build_script")->result.err, "kept"));
  BOOST_TEST(Has(run.Find("build_script")->result.err, "wrapped driver"));
}

// Only the name of the script says so: the shell is the wrapped driver's.
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
  const Record record = host.Of("build_script");
  BOOST_TEST(record.mode.ends_with("/script.ps1\n"));
  BOOST_TEST(!record.environment.contains("CUSTOM_ENV_VAULT_ID_TOKEN"));
  BOOST_TEST(record.environment.contains("CUSTOM_ENV_PYPI_STAGING_ID_TOKEN"));
}

BOOST_AUTO_TEST_CASE(report_mode_withholds_nothing) {
  WrapHost host;
  Change(host.config, "\"enforce\"", "\"report\"");
  const JobRun run = host.Play(FeatureBranchDeploy());
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  for (const Record& record : host.Records()) {
    BOOST_TEST_CONTEXT(record.name) {
      BOOST_TEST((record.environment == host.given.at(record.name)));
      BOOST_TEST(record.response == host.given_response.at(record.name));
    }
  }
}

// As it would be without jobwarden.
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
  for (const Record& record : host.Records()) {
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
  for (const Record& record : host.Records()) {
    for (const std::string& token : kTokens) {
      BOOST_TEST(Lacks(record.everything(), Signature(host, job, token)));
    }
  }
}

// A runner that calls the stages also of a job that was refused.
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

BOOST_AUTO_TEST_CASE(answer_that_the_runner_could_not_use_is_refused) {
  for (const char* answer : {"no json", "[]", "{\"a\":1}{}", "{\"a\":1,\"a\":2}", "{\"driver\":[]}",
                             "{\"job_env\":{\"TMPDIR\":\"/tmp\"}}"}) {
    BOOST_TEST_CONTEXT(answer) {
      WrapHost host;
      host.folder.Write("driver/answer.json", answer);
      const JobRun run = host.Play(JobThat({"true"}));
      BOOST_TEST(Broken(run, "DRIVER_FAILED"));
      BOOST_TEST(run.Find("config")->result.out == "");
      const auto called = host.Called();
      BOOST_TEST((std::find(called.begin(), called.end(), "prepare") == called.end()));
      BOOST_TEST(called.back() == "cleanup");
    }
  }
}

BOOST_AUTO_TEST_CASE(answer_without_end_is_refused_and_ends) {
  RunnerHost host;
  const std::string endless = host.folder.Write("endless", "#!/bin/sh\nprintf '{}'\nexec yes ''\n");
  chmod(endless.c_str(), 0700);
  host.Wrap("config = [\"" + endless + "\"]\nrun = [\"/bin/true\"]\n");
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(run.Find("config")->result.out == "");
}

BOOST_AUTO_TEST_CASE(large_answer_within_the_limit_is_passed_on) {
  WrapHost host;
  host.Answer(
      {{"builds_dir", host.Path("builds")}, {"job_env", {{"LARGE", std::string(100'000, 'x')}}}});
  BOOST_TEST(host.Play(JobThat({"true"})).outcome == Outcome::kSucceeded);
  BOOST_TEST(host.Of("prepare").environment.at("LARGE").size() == 100'000U);
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

// Each as a driver's `config` would do it, in sh.
BOOST_AUTO_TEST_CASE(answer_that_the_runner_could_not_use_is_refused_with_a_hint_what_to_print) {
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

// The runner's time-out for `config` is over: it ends the process group.
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
  const Job job = JobThat(
      {"trap '' TERM", "echo $$ >'" + pid_file + "'", "echo ready", "while :; do sleep 1; done"});
  host.options.interruption = Interruption::kTimeout;
  host.options.interrupt_at = "\nready\n";
  host.options.grace = std::chrono::milliseconds(300);
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kTimedOut);
  BOOST_TEST(Ends(Slurp(pid_file)));
  // The script that the driver was given went with the driver's own cleanup.
  BOOST_TEST(run.left_before_cleanup.contains("jobwarden-wrap/script."));
  BOOST_TEST(!run.left_after_cleanup.contains("jobwarden-wrap/script."));
}

// As drivers start virtual machines; one that keeps the log open at that.
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
  const Record record = host.Of("cleanup");
  BOOST_TEST(!record.environment.contains("JOB_RESPONSE_FILE"));
  BOOST_TEST(record.environment.at("CUSTOM_ENV_CI_JOB_ID") == std::to_string(job.id));
  for (const std::string& token : kTokens) {
    BOOST_TEST(Lacks(record.everything(), Signature(host, job, token)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
