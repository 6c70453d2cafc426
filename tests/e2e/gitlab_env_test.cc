// What a stage leaves in GITLAB_ENV for the stages after it.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/harness.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

// A machine whose jobs upload artifacts by calling `ls`. An attacker's `ls` says what it sees.
struct Host : RunnerHost {
  Host() {
    config += "[exposure]\nmask_output = false\n";
    fs::create_directories(Path("evil"));
    folder.Write("evil/ls", "#!/bin/sh\n" + Steal("ls"));
    chmod(Path("evil/ls").c_str(), 0755);
    folder.Write("evil/env", Steal("env"));
  }

  // Lines of a shell that write the whole environment down.
  std::string Steal(const std::string& how) const {
    return "{ echo '" + how + " ran'; printenv; } >>'" + Path("stolen") + "'\n";
  }

  JobRun PlayWithUpload(const Job& job) {
    RunnerJob sent = Send(job, signer);
    sent.response["artifacts"] = {{{"name", "a"}, {"paths", {"x"}}}};
    sent.scripts["upload_artifacts_on_success"] = RunnersScript(sent);
    return Play(sent);
  }

  // A stage of the runner's own, which has the job token and calls a program.
  std::string RunnersScript(const RunnerJob& sent) const {
    const Folders folders = Where();
    ScriptWriter writer(sent.runner, sent.shell, AllVariables(sent, folders));
    writer.Variables(AllVariables(sent, folders), TemporaryDir(sent, folders));
    writer.Line("ls >/dev/null");
    writer.Line("sh -c : && bash -c :");
    writer.Line("echo \"runner ${#CI_JOB_TOKEN} $VERSION;$QUOTED;$SINGLE\"");
    return writer.Script();
  }

  Folders Where() const { return {Path("builds"), Path("cache"), true}; }

  bool Stolen(const std::string& value) const {
    return Slurp(folder / "stolen").find(value) != std::string::npos;
  }
};

// A job that writes these lines into GITLAB_ENV.
Job Writes(const std::vector<std::string>& lines, Runner runner, Shell shell = Shell::kBash) {
  Job job = JobThat({});
  job.runner = runner;
  job.shell = shell;
  if (shell == Shell::kSh) job.variables = {{"FF_POSIXLY_CORRECT_ESCAPES", "true"}};
  job.script.clear();
  for (const std::string& line : lines) {
    job.script.push_back("cat >>\"$GITLAB_ENV\" <<'END'\n" + line + "\nEND");
  }
  return job;
}

constexpr Runner kRunners[] = {Runner::k17_2, Runner::k19_4};

}  // namespace

BOOST_AUTO_TEST_SUITE(gitlab_env)

BOOST_AUTO_TEST_CASE(a_job_without_its_token_does_not_get_it_from_the_upload) {
  for (const Runner runner : kRunners) {
    Host host;
    const Job job =
        Writes({"PATH=" + host.Path("evil") + ":/usr/bin:/bin", "PATH+=:" + host.Path("evil"),
                "BASH_ENV=" + host.Path("evil/env"), "ENV=" + host.Path("evil/env"), "VERSION=1.2"},
               runner);
    const JobRun run = host.PlayWithUpload(job);
    BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
    BOOST_TEST(Has(Out(run, "upload_artifacts_on_success"),
                   "\nrunner " + std::to_string(job.job_token.size()) + " 1.2;"));
    BOOST_TEST(!host.Stolen(job.job_token));
    BOOST_TEST(Has(run.log(), "jobwarden: PATH of GITLAB_ENV is left out here"));
  }
}

// A job that was killed leaves the file in a checkout that the next job of the project gets.
BOOST_AUTO_TEST_CASE(get_sources_gets_nothing_from_the_file_of_an_earlier_job) {
  for (const Runner runner : kRunners) {
    Host host;
    Job job = JobThat({":"});
    job.runner = runner;
    RunnerJob sent = Send(job, host.signer);
    sent.scripts["get_sources"] = host.RunnersScript(sent);
    const std::string folder = TemporaryDir(sent, host.Where());
    fs::create_directories(folder);
    fs::create_directories(ProjectDir(sent, host.Where()));
    std::ofstream(folder + "/gitlab_runner_env")
        << "PATH=" << host.Path("evil") << ":/usr/bin:/bin\n";
    const JobRun run = host.Play(sent);
    BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
    BOOST_TEST(Has(Out(run, "get_sources"), "\nrunner " + std::to_string(job.job_token.size())));
    BOOST_TEST(!host.Stolen(job.job_token));
  }
}

// A runner of 17.2 reads the file as a script.
BOOST_AUTO_TEST_CASE(lines_of_the_file_are_run_by_no_stage) {
  Host host;
  const std::string touch = "touch '" + host.Path("stolen") + "'";
  const Job job =
      Writes({touch, "A=$(" + touch + ")", "B=`" + touch + "`", "C=1 " + touch,
              "D=\"$(" + touch + ")\"", "E='x'; " + touch, "F=x\\", touch, "export G=1 && " + touch,
              "H=(" + touch + ")", "PATH=/nowhere", "export PATH=/nowhere", "VERSION=1.2",
              "QUOTED=\"a b\"", "export SINGLE='c d'"},
             Runner::k17_2);
  const JobRun run = host.PlayWithUpload(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  BOOST_TEST(!fs::exists(host.Path("stolen")));
  BOOST_TEST(Has(Out(run, "upload_artifacts_on_success"), " 1.2;a b;c d\n"));
}

BOOST_AUTO_TEST_CASE(a_token_of_after_script_alone_is_out_of_the_script_s_reach) {
  for (const Runner runner : kRunners) {
    for (const Shell shell : {Shell::kBash, Shell::kSh}) {
      // A runner of 17.2 sources the file, which dash does not know.
      if (runner == Runner::k17_2 && shell == Shell::kSh) continue;
      Host host;
      if (shell == Shell::kSh) Change(host.config, "shell = \"bash\"", "shell = \"sh\"");
      Job job =
          Writes({"PATH=" + host.Path("evil") + ":/usr/bin:/bin", "VERSION=1.2"}, runner, shell);
      job.after_script = {"ls >/dev/null", "echo \"after ${#VAULT_ID_TOKEN} $VERSION\""};
      const JobRun run = host.Play(job);
      const std::string token = host.TokenOf(job, "VAULT_ID_TOKEN");
      BOOST_TEST(
          Has(Out(run, "after_script"), "\nafter " + std::to_string(token.size()) + " 1.2\n"),
          run.log());
      BOOST_TEST(!host.Stolen(token.substr(token.rfind('.'))));
    }
  }
}

// Nothing is gained by what the stage could do itself, and honest jobs extend PATH.
BOOST_AUTO_TEST_CASE(the_file_is_read_whole_where_the_token_was_there_before) {
  for (const Runner runner : kRunners) {
    Host host;
    Job job = Writes({"PATH=" + host.Path("evil") + ":/usr/bin:/bin"}, runner);
    job.script.push_back(": $VAULT_ID_TOKEN");
    job.after_script = {"ls", ": $VAULT_ID_TOKEN"};
    const JobRun run = host.Play(job);
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(host.Stolen("ls ran"), run.log());
  }
}

BOOST_AUTO_TEST_SUITE_END()
