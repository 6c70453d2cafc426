// What the driver is given and cannot use: one clear line, a hint, SYSTEM_FAILURE_EXIT_CODE, and
// the job does not run.

#include <sys/stat.h>
#include <unistd.h>

#include <functional>

#include "tests/e2e/harness.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

using Spoil = std::function<void(const CallAhead&)>;

// A host whose runner spoils something before `prepare`, each time.
JobRun PlaySpoilt(RunnerHost& host, const Spoil& spoil) {
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "prepare") spoil(call);
  };
  return host.Play(ProtectedDeploy());
}

// Whether this stage was refused with this code, and its script did nothing.
boost::test_tools::predicate_result RefusesScript(const std::string& bytes,
                                                  const std::string& code) {
  RunnerHost host;
  RunnerJob job = Send(ProtectedDeploy(), host.signer);
  job.scripts["build_script"] = bytes;
  const JobRun run = host.Play(job);
  const Call* call = run.Find("build_script");
  if (run.outcome != Outcome::kSystemFailure || call->result.exit_code != 2) {
    boost::test_tools::predicate_result no(false);
    no.message() << "log: " << run.log();
    return no;
  }
  if (auto lacks = Lacks(call->result.log, "ran"); !lacks) return lacks;
  return Has(call->result.log, code + ": ");
}

int Lines(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

void Overwrite(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(job_response_that_is_missing) {
  RunnerHost host;
  const JobRun run =
      PlaySpoilt(host, [](const CallAhead& call) { unlink(call.job_response.c_str()); });
  BOOST_TEST(Broken(run, "JOB_UNREADABLE"));
  BOOST_TEST(Has(run.log(), "response.json"));
  BOOST_TEST(Lines(run.Find("prepare")->result.log) <= 2);
}

BOOST_AUTO_TEST_CASE(runner_that_names_no_job_response) {
  RunnerHost host;
  const JobRun run =
      PlaySpoilt(host, [](const CallAhead& call) { call.environment.erase("JOB_RESPONSE_FILE"); });
  BOOST_TEST(Broken(run, "JOB_UNREADABLE"));
  BOOST_TEST(Has(run.log(), "hint: "));
}

BOOST_AUTO_TEST_CASE(job_response_that_is_cut_off) {
  RunnerHost host;
  const JobRun run = PlaySpoilt(host, [](const CallAhead& call) {
    const std::string text = Slurp(call.job_response);
    Overwrite(call.job_response, text.substr(0, text.size() / 2));
  });
  BOOST_TEST(Broken(run, "JOB_UNREADABLE"));
}

BOOST_AUTO_TEST_CASE(job_response_that_is_no_json_or_of_wrong_types) {
  const char* texts[] = {
      "",
      "\n",
      "hello",
      "[]",
      "{}",
      "\"x\"",
      "{\"id\": 1} {\"id\": 2}",
      R"({"id":"x","token":"t","variables":[],"steps":[],"job_info":{},"git_info":{}})",
      R"({"id":9301,"token":"t","variables":{},"steps":[],"job_info":{},"git_info":{}})",
      R"({"id":9301,"token":"t","variables":[7],"steps":[],"job_info":{},"git_info":{}})",
      R"({"id":9301,"token":[],"variables":[],"steps":[],"job_info":{},"git_info":{}})",
      R"({"id":9301,"token":"t","variables":[],"steps":"x","job_info":{},"git_info":{}})",
  };
  for (const char* text : texts) {
    BOOST_TEST_CONTEXT(text) {
      RunnerHost host;
      const JobRun run =
          PlaySpoilt(host, [&](const CallAhead& call) { Overwrite(call.job_response, text); });
      BOOST_TEST(Broken(run, "JOB_UNREADABLE"));
    }
  }
}

BOOST_AUTO_TEST_CASE(job_response_over_the_limit) {
  RunnerHost host;
  const JobRun run = PlaySpoilt(host, [](const CallAhead& call) {
    Overwrite(call.job_response, std::string(16 * 1024 * 1024 + 1, ' '));
  });
  BOOST_TEST(Broken(run, "JOB_UNREADABLE"));
  BOOST_TEST(Has(run.log(), "16"));
}

BOOST_AUTO_TEST_CASE(job_with_more_tokens_than_any_needs) {
  RunnerHost host;
  Job job = ProtectedDeploy();
  const std::string token =
      "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2dpdGxhYi5leGFtcGxlLmNvbSJ9.";
  std::string several;
  for (int i = 1000; i < 1300; ++i) several += token + std::to_string(i) + ' ';
  job.variables = {{"SEVERAL", several}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Broken(run, "JOB_UNREADABLE"));
  BOOST_TEST(Has(run.log(), "the limit is 256"));
}

BOOST_AUTO_TEST_CASE(job_response_that_is_no_file) {
  RunnerHost host;
  const JobRun run = PlaySpoilt(host, [](const CallAhead& call) {
    unlink(call.job_response.c_str());
    mkfifo(call.job_response.c_str(), 0600);
  });
  BOOST_TEST(Broken(run, "JOB_UNREADABLE"));
}

BOOST_AUTO_TEST_CASE(script_that_is_empty_or_of_a_form_that_is_not_known) {
  const char* scripts[] = {
      "",
      "echo ran\n",
      "#!/usr/bin/env bash\necho ran\nexit 0\n",
      "#!/usr/bin/env bash\n\nset -o errexit\n: | eval \"echo ran\"; echo ran\nexit 0\n",
      "#!/usr/bin/env python3\nprint('ran')\n",
  };
  for (const char* script : scripts) {
    BOOST_TEST_CONTEXT(script) {
      BOOST_TEST(RefusesScript(script, "SCRIPT_UNREADABLE"));
    }
  }
}

BOOST_AUTO_TEST_CASE(script_over_the_limit) {
  RunnerHost host;
  RunnerJob job = Send(ProtectedDeploy(), host.signer);
  job.scripts["build_script"] = std::string(16 * 1024 * 1024 + 1, '#');
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.Find("build_script")->result.log, "SCRIPT_UNREADABLE"));
}

BOOST_AUTO_TEST_CASE(script_that_is_cut_off) {
  RunnerHost host;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name != "build_script") return;
    const std::string text = Slurp(call.script);
    Overwrite(call.script, text.substr(0, text.size() / 2));
  };
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.Find("build_script")->result.log, "SCRIPT_UNREADABLE"));
  BOOST_TEST(Lacks(run.log(), host.TokenOf(ProtectedDeploy(), "VAULT_ID_TOKEN").substr(0, 40)));
}

BOOST_AUTO_TEST_CASE(script_that_is_missing) {
  RunnerHost host;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "build_script") unlink(call.script.c_str());
  };
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.Find("build_script")->result.log, "SCRIPT_UNREADABLE"));
}

BOOST_AUTO_TEST_CASE(configuration_with_an_error_names_its_line) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"mode = \"enforce\"", "mode = enforce"},
      {"mode = \"enforce\"", "mode = \"enforced\""},
      {"mode = \"enforce\"", "mod = \"enforce\""},
  };
  for (const auto& [from, to] : mistakes) {
    BOOST_TEST_CONTEXT(to) {
      RunnerHost host;
      Change(host.config, from, to);
      const JobRun run = host.Play(ProtectedDeploy());
      BOOST_TEST(run.outcome == Outcome::kSystemFailure);
      BOOST_TEST((run.Find("prepare_script") == nullptr));
      BOOST_TEST(Has(run.log(), "CONFIG_INVALID: " + host.config_path() + ":2:"));
    }
  }
}

BOOST_AUTO_TEST_CASE(configuration_that_is_missing) {
  RunnerHost host;
  host.options.driver = {Program("jobwarden-executor"), "--config", host.Path("none.toml")};
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "CONFIG_INVALID"));
  BOOST_TEST(Has(run.log(), "none.toml"));
}

BOOST_AUTO_TEST_CASE(configuration_that_others_may_write) {
  RunnerHost host;
  host.options.before_call = [&](const CallAhead&) { chmod(host.config_path().c_str(), 0666); };
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "CONFIG_INVALID"));
}

BOOST_AUTO_TEST_CASE(configuration_that_the_job_s_user_may_write) {
  RunnerHost host;
  Change(host.config, "shared_user = true", "shared_user = false");
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "CONFIG_INVALID"));
  BOOST_TEST(Has(run.log(), "shared_user"));
}

BOOST_AUTO_TEST_CASE(keys_that_are_missing_or_no_key_set) {
  RunnerHost host;
  host.folder.Write("gitlab-keys.json", "{}");
  BOOST_TEST(Broken(host.Play(ProtectedDeploy()), "KEYS_UNAVAILABLE"));
  unlink(host.Path("gitlab-keys.json").c_str());
  BOOST_TEST(Broken(host.Play(ProtectedDeploy()), "KEYS_UNAVAILABLE"));
}

BOOST_AUTO_TEST_CASE(audit_file_that_cannot_be_written) {
  RunnerHost host;
  std::filesystem::create_directory(host.Path("audit.jsonl"));
  BOOST_TEST(Broken(host.Play(ProtectedDeploy()), "AUDIT_FAILED"));
}

BOOST_AUTO_TEST_CASE(audit_folder_that_is_missing_is_named_before_anything_is_done) {
  RunnerHost host;
  Change(host.config, "/audit.jsonl", "/log/audit.jsonl");
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(Broken(run, "AUDIT_FAILED"));
  BOOST_TEST((run.Find("prepare") == nullptr));
  const std::string owner = geteuid() == 0 ? "root" : std::to_string(geteuid());
  BOOST_TEST(Has(run.log(), "hint: install -d -m 0755 -o " + owner + " \"" + host.Path("log")));
  std::filesystem::create_directory(host.Path("log"));
  BOOST_TEST(host.Play(ProtectedDeploy()).outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(exit_code_file_that_cannot_be_written) {
  RunnerHost host;
  host.options.before_call = [](const CallAhead& call) {
    if (call.name == "build_script") call.environment["BUILD_EXIT_CODE_FILE"] = "/nowhere/code";
  };
  const JobRun run = host.Play(JobThat({"echo it-ran"}));
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.Find("build_script")->result.err, "STATE_UNWRITABLE: "));
  BOOST_TEST(Lacks(run.log(), "it-ran\n"));
}

BOOST_AUTO_TEST_CASE(folders_that_cannot_be_made) {
  RunnerHost host;
  host.folder.Write("builds", "a file where the folder should be");
  const JobRun run = host.Play(ProtectedDeploy());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "STATE_UNWRITABLE"));
}

BOOST_AUTO_TEST_CASE(calls_that_no_runner_makes) {
  RunnerHost host;
  host.folder.Write("jobwarden.toml", host.config);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"prepares"}, {"run"}, {"run", "x"}, {"config", "x"}}) {
    ChildOptions call;
    call.command = {Program("jobwarden-executor"), "--config", host.config_path()};
    call.command.insert(call.command.end(), words.begin(), words.end());
    call.environment = host.options.environment;
    const ChildResult result = RunChild(call);
    BOOST_TEST(result.exit_code == 2);
    BOOST_TEST(Has(result.err, "jobwarden"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
