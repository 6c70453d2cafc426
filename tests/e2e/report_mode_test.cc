// Report mode ends no job: what enforce mode would end the job with is a warning in its log.

#include <sys/stat.h>
#include <unistd.h>

#include <functional>

#include "tests/e2e/harness.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

using Spoil = std::function<void(const CallAhead&)>;

void Overwrite(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A job that does what a job does: it says so, and prints a token.
Job Telling() {
  return JobThat({"echo it-ran", "echo \"token=$CI_JOB_TOKEN;\""});
}

// Whether report mode let the job of this run go on: the job ran whole, what it printed is masked,
// and the warning that another mode would end it with is in the log.
boost::test_tools::predicate_result WentOn(const JobRun& run, const std::string& code) {
  if (run.outcome != Outcome::kSucceeded) {
    boost::test_tools::predicate_result no(false);
    no.message() << run.outcome << ", log: " << run.log();
    return no;
  }
  if (auto ran = Has(Out(run), "\nit-ran\n"); !ran) return ran;
  if (auto masked = Has(Out(run), "\ntoken=[MASKED];\n"); !masked) return masked;
  return Has(run.log(), "jobwarden: warning: " + code + ": ");
}

// A host in report mode whose runner spoils something before each call of this name.
struct ReportingHost : RunnerHost {
  ReportingHost() { Change(config, "\"enforce\"", "\"report\""); }

  JobRun PlaySpoilt(const std::string& name, const Spoil& spoil) {
    options.before_call = [name, spoil](const CallAhead& call) {
      if (call.name == name) spoil(call);
    };
    return Play(Telling());
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(report_mode)

BOOST_AUTO_TEST_CASE(report_mode_runs_a_job_that_cannot_be_read) {
  const std::pair<const char*, Spoil> spoils[] = {
      {"missing", [](const CallAhead& call) { unlink(call.job_response.c_str()); }},
      {"not named", [](const CallAhead& call) { call.environment.erase("JOB_RESPONSE_FILE"); }},
      {"no JSON", [](const CallAhead& call) { Overwrite(call.job_response, "{"); }},
      {"too large",
       [](const CallAhead& call) {
         Overwrite(call.job_response, std::string(16 * 1024 * 1024 + 1, ' '));
       }},
      {"no file",
       [](const CallAhead& call) {
         unlink(call.job_response.c_str());
         mkfifo(call.job_response.c_str(), 0600);
       }},
  };
  for (const auto& [what, spoil] : spoils) {
    for (const char* first : {"config", "prepare", "build_script"}) {
      // The next call names it again.
      if (std::string(what) == "not named" && std::string(first) == "config") continue;
      BOOST_TEST_CONTEXT(what << " from " << first << " on") {
        ReportingHost host;
        const JobRun run = host.PlaySpoilt(first, spoil);
        if (std::string(first) == "build_script") {
          BOOST_TEST(WentOn(run, "JOB_UNREADABLE"));
          BOOST_TEST(Has(run.Find(first)->result.err, "(the job goes on: mode = \"report\")\n"));
        } else {
          BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
          BOOST_TEST(Has(Out(run), "\ntoken=[MASKED];\n"));
          BOOST_TEST(Has(run.Find("prepare")->result.log, "JOB_UNREADABLE: "));
          BOOST_TEST(Has(host.audit(), R"("outcome":"error","mode":"report","enforced":false)"));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(report_mode_runs_a_job_with_more_tokens_than_any_needs) {
  ReportingHost host;
  Job job = Telling();
  std::string several;
  for (int i = 1000; i < 1300; ++i) {
    several += "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2dpdGxhYi5leGFtcGxlLmNvbSJ9." +
               std::to_string(i) + ' ';
  }
  job.variables = {{"SEVERAL", several}};
  const JobRun run = host.Play(job);
  BOOST_TEST(WentOn(run, "JOB_UNREADABLE"));
  BOOST_TEST(Has(run.Find("prepare")->result.log, "the limit is 256"));
}

BOOST_AUTO_TEST_CASE(report_mode_runs_a_job_that_cannot_be_recorded) {
  ReportingHost host;
  std::filesystem::create_directory(host.Path("audit.jsonl"));
  BOOST_TEST(WentOn(host.Play(Telling()), "AUDIT_FAILED"));
  Change(host.config, "/audit.jsonl", "/log/audit.jsonl");
  const JobRun run = host.Play(Telling());
  BOOST_TEST(WentOn(run, "AUDIT_FAILED"));
  BOOST_TEST(
      Has(run.log(), "(the job goes on: mode = \"report\")\n  hint: install -d -m 0755 -o "));
  BOOST_TEST(run.CallNames().size() == host.Play(Telling()).CallNames().size());
}

BOOST_AUTO_TEST_CASE(report_mode_runs_a_job_whose_keys_cannot_be_had) {
  ReportingHost host;
  for (const char* keys : {"{}", ""}) {
    host.folder.Write("gitlab-keys.json", keys);
    const JobRun run = host.Play(Telling());
    BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
    BOOST_TEST(Has(run.Find("prepare")->result.log, "KEYS_UNAVAILABLE"));
  }
}

BOOST_AUTO_TEST_CASE(report_mode_runs_a_job_without_a_verdict) {
  ReportingHost host;
  host.options.call_prepare = false;
  const JobRun run = host.Play(Telling());
  BOOST_TEST(WentOn(run, "VERDICT_MISSING"));
  BOOST_TEST(Has(run.Find("build_script")->result.err, "hint: is prepare_exec"));
}

BOOST_AUTO_TEST_CASE(report_mode_runs_a_job_whose_verdict_cannot_be_used) {
  const std::pair<const char*, Spoil> spoils[] = {
      {"not a record",
       [](const CallAhead& call) { Overwrite(call.folder / "verdict.json", "{}"); }},
      {"open to others",
       [](const CallAhead& call) { chmod((call.folder / "verdict.json").c_str(), 0644); }},
      {"of another job",
       [](const CallAhead& call) {
         std::string text = Slurp(call.folder / "verdict.json");
         Change(text, R"("job":{"id":"9301")", R"("job":{"id":"9302")");
         Overwrite(call.folder / "verdict.json", text);
       }},
  };
  for (const auto& [what, spoil] : spoils) {
    BOOST_TEST_CONTEXT(what) {
      ReportingHost host;
      BOOST_TEST(WentOn(host.PlaySpoilt("build_script", spoil), "VERDICT_MISSING"));
    }
  }
}

BOOST_AUTO_TEST_CASE(job_that_was_denied_does_not_run_when_report_mode_is_set_afterwards) {
  RunnerHost host;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name != "cleanup") return;
    Change(host.config, "\"enforce\"", "\"report\"");
    host.folder.Write("jobwarden.toml", host.config);
    ChildOptions late;
    late.command = {Program("jobwarden-executor"),
                    "--config",
                    host.config_path(),
                    "run",
                    host.folder.Write("script", "echo it-ran\n"),
                    "build_script"};
    late.environment = call.environment;
    const ChildResult result = RunChild(late);
    BOOST_TEST(result.exit_code == 1);
    BOOST_TEST(Lacks(result.out, "it-ran"));
  };
  BOOST_TEST(host.Play(FeatureBranchDeploy()).outcome == Outcome::kJobFailed);
}

BOOST_AUTO_TEST_CASE(report_mode_runs_a_script_that_nobody_understood_as_it_is) {
  for (const char* script : {"#!/usr/bin/env bash\necho it-ran; echo \"token=$T;\"\nexit 0\n",
                             "echo it-ran\necho \"token=$T;\"\n"}) {
    ReportingHost host;
    RunnerJob job = Send(Telling(), host.signer);
    const std::string export_line = "T=" + Telling().job_token + "\n";
    job.scripts["build_script"] = export_line + script;
    BOOST_TEST(WentOn(host.Play(job), "SCRIPT_UNREADABLE"));
    job.scripts["build_script"] += std::string(16 * 1024 * 1024, '#') + "\n";
    BOOST_TEST(WentOn(host.Play(job), "SCRIPT_UNREADABLE"));
  }
}

BOOST_AUTO_TEST_CASE(report_mode_runs_a_job_whose_exit_code_cannot_be_told) {
  ReportingHost host;
  const JobRun run = host.PlaySpoilt("build_script", [](const CallAhead& call) {
    call.environment["BUILD_EXIT_CODE_FILE"] = "/nowhere/code";
  });
  BOOST_TEST(WentOn(run, "STATE_UNWRITABLE"));
}

BOOST_AUTO_TEST_CASE(configuration_that_cannot_be_read_has_no_report_mode) {
  ReportingHost host;
  Change(host.config, "help = ", "hlep = ");
  JobRun run = host.Play(Telling());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "CONFIG_INVALID: "));
  Change(host.config, "hlep = ", "help = ");
  host.options.before_call = [&](const CallAhead&) { chmod(host.config_path().c_str(), 0666); };
  run = host.Play(Telling());
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Lacks(run.log(), "it-ran"));
}

BOOST_AUTO_TEST_SUITE_END()
