// The job-completed hook: what a job leaves behind is said, and what we left is gone.

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "tests/e2e/github/runner_machine.h"
#include "tests/support/birth_times.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

const std::string kHook = "Complete runner";
const std::string kTitle = "Token left behind";

// A machine whose runner has a node of its own and the hooks that its jobs end and, unless told
// otherwise, begin with.
struct Machine : RunnerMachine {
  Machine() {
    host.node = JOBWARDEN_NODE;
    host.environment["ACTIONS_RUNNER_HOOK_JOB_COMPLETED"] = Path("opt/job-completed.js");
  }

  // Of another service, and whom `issuer_url` says, ours by default; minted so long ago.
  std::string Token(std::time_t ago = 0, const std::string& issuer_url = "") {
    GitHubJob minted = job;
    minted.issuer = issuer_url.empty() ? issuer.url() : issuer_url;
    return signer.Sign(
        Claims(minted, "https://vault.example.com", std::time(nullptr) - ago).dump());
  }

  // From now on the names in `_temp` after our hook are written down, because the runner empties
  // it.
  void LookAfterwards() {
    host.environment["ACTIONS_RUNNER_HOOK_JOB_COMPLETED"] =
        folder.Write("look.sh", JOBWARDEN_NODE " " + Path("opt/job-completed.js") +
                                    "\nls \"$RUNNER_TEMP\" >" + Path("left") + "\n");
  }
  bool IsLeft(const std::string& name) {
    return ("\n" + Slurp(Path("left"))).find("\n" + name + "\n") != std::string::npos;
  }

  std::string InWorkspace(const std::string& name) { return host.workspace(job) + "/" + name; }
  std::string InTemp(const std::string& name) { return host.temp() + "/" + name; }
};

// Copies a file of the checkout to RUNNER_TEMP. Its text stands in no script.
GitHubStep ToTemp(const std::string& name) {
  return Run("cp " + name + " \"$RUNNER_TEMP/" + name + "\"");
}

std::vector<std::string> Warnings(const GitHubRun& run, const std::string& title) {
  std::vector<std::string> messages;
  for (const auto& annotation : run.annotations) {
    if (annotation.level == "warning" && annotation.title == title) {
      messages.push_back(annotation.message);
    }
  }
  return messages;
}

std::string Found(const std::string& path, int line) {
  return "\"" + path + "\":" + std::to_string(line) + ": an id_token that has not expired";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(completed)

BOOST_AUTO_TEST_CASE(token_left_behind_is_told_with_file_and_line_and_not_shown) {
  Machine machine;
  machine.LookAfterwards();
  const std::string token = machine.Token();
  const GitHubRun run =
      machine.Play({Checkout({{"npm/.npmrc", "# registry\n//r/:_authToken=" + token + "\n"},
                              {"t.json", "{\n\n \"token\": \"" + token + "\"}"}}),
                    ToTemp("t.json")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  BOOST_TEST(run.Step(kHook).conclusion == "success");
  const auto told = Warnings(run, kTitle);
  BOOST_REQUIRE(told.size() == 3U);
  BOOST_TEST(told[0] == Found(machine.InTemp("t.json"), 3));
  BOOST_TEST(told[1] == Found(machine.InWorkspace("npm/.npmrc"), 2));
  BOOST_TEST(told[2] == Found(machine.InWorkspace("t.json"), 3));
  for (std::size_t at = 0; at + 12 <= token.size(); at += 12) {
    BOOST_TEST(Lacks(run.log(), token.substr(at, 12)));
  }
  BOOST_TEST(machine.IsLeft("t.json"));
}

BOOST_AUTO_TEST_CASE(secrets_left_behind_are_told_by_kind_and_place) {
  Machine machine;
  const std::string letters = "16C7e42F292c6912E7710c838347Ae178B4a";
  const std::string git =
      "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic "
      "eC1hY2Nlc3MtdG9rZW46Z2hzX2FiYw==\n";
  const GitHubRun run = machine.Play(
      {Checkout({{"g", git},
                 {"gha-creds-1a2b3c.json", "{}"},
                 {"key", "-----BEGIN OPENSSH PRIVATE KEY-----\n"},
                 {"pat", "github_pat_" + letters + "\n"}}),
       Run("mkdir .git; cp g .git/config; mv g $RUNNER_TEMP/git-credentials-1.config\n"
           "cp key pat $RUNNER_TEMP"),
       Action({"/bin/sh", "-c", "echo \"bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" >bearer"})});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
  const auto at = [](const std::string& path, int line, const std::string& kind) {
    return "\"" + path + "\":" + std::to_string(line) + ": " + kind;
  };
  const std::vector<std::string> expected = {
      at(machine.InTemp("git-credentials-1.config"), 2, "git's login of actions/checkout"),
      at(machine.InTemp("key"), 1, "a private key"),
      at(machine.InTemp("pat"), 1, "a GitHub token"),
      at(machine.InWorkspace(".git/config"), 2, "git's login of actions/checkout"),
      at(machine.InWorkspace("bearer"), 1, "the token with which this job requests id_tokens"),
      at(machine.InWorkspace("gha-creds-1a2b3c.json"), 1, "a login of google-github-actions/auth"),
      at(machine.InWorkspace("pat"), 1, "a GitHub token")};
  BOOST_TEST(Warnings(run, kTitle) == expected, boost::test_tools::per_element());
  BOOST_TEST(Lacks(run.log(), letters.substr(0, 12)));
  BOOST_TEST(Lacks(run.log(), machine.job.id_token_request_token));
}

BOOST_AUTO_TEST_CASE(leftovers_outside_the_runner_s_folders_are_told_and_may_be_removed,
                     *boost::unit_test::precondition(TellsBirthTimes)) {
  for (const bool removes : {false, true}) {
    Machine machine;
    if (removes) machine.SetGitHub("sweep = \"remove\"");
    fs::create_directory(machine.Path("home"));
    machine.host.environment["HOME"] = machine.Path("home");
    const GitHubRun run = machine.Play(
        {Run("cd; mkdir .aws .npm; echo [default] >.aws/credentials; echo x | tee .npm/a >.npm/b\n"
             "RUNNER_TRACKING_ID=0 setsid sleep 600 >/dev/null 2>&1 & echo $! >.npm/b")});
    BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded), run.log());
    const std::string gone = removes ? "; the file was removed" : "";
    BOOST_TEST(Warnings(run, "Login left behind") ==
                   std::vector<std::string>{"\"" + machine.Path("home/.aws/credentials") +
                                            "\": a login that this job made" + gone},
               boost::test_tools::per_element());
    BOOST_TEST(Has(run.log(), "jobwarden: \"" + machine.Path("home/.npm") +
                                  "\": 2 files that this job made" +
                                  (removes ? "; 2 removed\n" : "\n")));
    BOOST_TEST(fs::exists(machine.Path("home/.aws/credentials")) == !removes);
    const auto processes = Warnings(run, "Process left behind");
    BOOST_REQUIRE(processes.size() == 1U);
    BOOST_TEST(Has(processes[0], "(\"sleep\"): this job left it running"));
    const pid_t pid = std::stoi(processes[0].substr(std::string("process ").size()));
    BOOST_TEST(processes[0].ends_with("; it was ended") == removes);
    if (!removes) BOOST_TEST(kill(pid, SIGKILL) == 0);
  }
}

BOOST_AUTO_TEST_CASE(what_expired_and_what_another_issuer_made_is_not_told) {
  Machine machine;
  const GitHubRun run = machine.Play(
      {Checkout({{"t", machine.Token(300) + "\n" + machine.Token(0, "https://other.example.com")}}),
       ToTemp("t")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  BOOST_TEST(run.Step(kHook).conclusion == "success");
  BOOST_TEST(Lacks(run.log(), "jobwarden: not swept"));
  BOOST_TEST(Warnings(run, kTitle).empty());
}

BOOST_AUTO_TEST_CASE(token_that_a_step_handed_on_by_a_file_command_is_not_told) {
  Machine machine;
  const GitHubRun run =
      machine.Play({Checkout({{"t", machine.Token()}}),
                    Run("echo \"token=$(cat t)\" | tee -a $GITHUB_OUTPUT >> $GITHUB_ENV; rm t")});
  BOOST_TEST(Warnings(run, kTitle).empty());
}

BOOST_AUTO_TEST_CASE(sweep_false_looks_nowhere) {
  Machine machine;
  machine.SetGitHub("sweep = false");
  const GitHubRun run = machine.Play({Checkout({{"t", machine.Token()}})});
  BOOST_TEST(run.Step(kHook).conclusion == "success");
  BOOST_TEST(Warnings(run, kTitle).empty());
}

BOOST_AUTO_TEST_CASE(sweep_remove_takes_the_file_out_of_temp_and_leaves_the_workspace) {
  Machine machine;
  machine.LookAfterwards();
  machine.SetGitHub("sweep = \"remove\"");
  const std::string token = machine.Token();
  const GitHubRun run = machine.Play(
      {Checkout({{"t", token + "\n" + token}, {"other", "x"}}), ToTemp("t"), ToTemp("other")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  const auto told = Warnings(run, kTitle);
  BOOST_REQUIRE(told.size() == 4U);
  BOOST_TEST(told[0] == Found(machine.InTemp("t"), 1) + "; the file was removed");
  BOOST_TEST(told[1] == Found(machine.InTemp("t"), 2) + "; the file was removed");
  BOOST_TEST(told[2] == Found(machine.InWorkspace("t"), 1));
  BOOST_TEST(!machine.IsLeft("t"));
  BOOST_TEST(machine.IsLeft("other"));
  BOOST_TEST(fs::exists(machine.InWorkspace("t")));
}

BOOST_AUTO_TEST_CASE(report_mode_removes_nothing) {
  Machine machine;
  machine.LookAfterwards();
  machine.SetGitHub("sweep = \"remove\"");
  machine.config = "mode = \"report\"\n" + machine.config;
  const GitHubRun run = machine.Play({Checkout({{"t", machine.Token()}}), ToTemp("t")});
  BOOST_TEST(Warnings(run, kTitle).size() == 2U);
  BOOST_TEST(machine.IsLeft("t"));
}

BOOST_AUTO_TEST_CASE(file_of_a_strange_name_speaks_to_nobody) {
  Machine machine;
  const std::string name = "a\n::error title=x::y, 100%25";
  const GitHubRun run = machine.Play({Checkout({{name, machine.Token()}})});
  BOOST_REQUIRE(run.annotations.size() == 1U);
  BOOST_TEST(run.annotations[0].title == kTitle);
  BOOST_TEST(Has(run.annotations[0].message, "a\\n::error title=x::y, 100%25\":1: "));
}

BOOST_AUTO_TEST_CASE(more_finds_than_the_runner_shows_stand_in_the_log) {
  Machine machine;
  std::string text;
  for (int i = 0; i < 13; ++i) text += machine.Token() + "\n";
  const GitHubRun run = machine.Play({Checkout({{"t", text}})});
  BOOST_TEST(Warnings(run, kTitle).size() == 10U);
  BOOST_TEST(
      Has(run.Step(kHook).log, "\njobwarden: " + Found(machine.InWorkspace("t"), 13) + "\n"));
}

BOOST_AUTO_TEST_CASE(programs_that_a_step_put_first_on_path_are_not_started) {
  Machine machine;
  std::map<std::string, std::string> files;
  for (const char* name : {"bash", "sh", "env", "node", "jobwarden-hook", "jobwarden"}) {
    files["evil/" + std::string(name)] =
        "#!/bin/sh\n/bin/touch " + machine.Path("ran-") + name + "\n";
  }
  const GitHubRun run =
      machine.Play({Checkout(files), Checkout({{"t", machine.Token()}}),
                    Run("echo \"$PWD/evil\" >> \"$GITHUB_PATH\"\n"
                        "echo \"NODE_PATH=$PWD/evil\" >> \"$GITHUB_ENV\"\n"
                        "echo \"LD_LIBRARY_PATH=$PWD/evil\" >> \"$GITHUB_ENV\"")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  BOOST_TEST(Warnings(run, kTitle).size() == 1U);
  for (const std::string& name : machine.folder.Names()) BOOST_TEST(!name.starts_with("ran-"));
}

// As another program in the place of ours sees it.
BOOST_AUTO_TEST_CASE(hook_is_given_only_what_the_runner_says_of_the_job) {
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  machine.host.environment["NODE_EXTRA_CA_CERTS"] = "/dev/null";
  machine.host.environment["LD_DEBUG_OUTPUT"] = machine.Path("x");
  machine.host.environment["https_proxy"] = "http://user:password@proxy.example.com";
  machine.Play({Run("true")});
  const std::string program = machine.Path("opt/jobwarden-hook");
  fs::remove(program);
  machine.folder.Write("opt/jobwarden-hook", "#!/bin/sh -p\nprintf '%s\\n' \"$@\" > " +
                                                 machine.Path("words") + "\n/usr/bin/env > " +
                                                 machine.Path("environment") + "\nexit 7\n");
  fs::permissions(program, fs::perms::owner_all);
  // What is installed is not installed again.
  machine.job.steps = {Run("true")};
  const GitHubRun run = PlayGitHubJob(machine.job, machine.host);
  BOOST_TEST(run.Step(kHook).exit_code == 7);
  BOOST_TEST(Slurp(machine.Path("words")) ==
             "--config\n" + machine.config_path() + "\ngithub\njob-completed\n");
  std::istringstream lines(Slurp(machine.Path("environment")));
  int known = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("GITHUB_") || line.starts_with("RUNNER_") || line.starts_with("HOME=") ||
        line.starts_with("ACTIONS_ID_TOKEN_REQUEST_TOKEN=")) {
      ++known;
    } else if (!line.starts_with("PWD=") && !line.starts_with("_=") && line != "SHLVL=0") {
      BOOST_TEST(line == "");
    }
  }
  BOOST_TEST(known > 20);
}

BOOST_AUTO_TEST_CASE(hook_that_cannot_do_its_work_does_not_fail_the_job) {
  Machine machine;
  machine.host.environment.erase("ACTIONS_RUNNER_HOOK_JOB_STARTED");
  machine.config += "unknown_key = 1\n";
  GitHubRun run = machine.Play({Run("true")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  auto told = Warnings(run, "jobwarden");
  BOOST_REQUIRE(told.size() == 1U);
  BOOST_TEST(Has(told[0], "CONFIG_INVALID: "));

  fs::remove(machine.Path("opt/jobwarden-hook"));
  machine.job.steps = {Run("true")};
  run = PlayGitHubJob(machine.job, machine.host);
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  told = Warnings(run, "jobwarden");
  BOOST_REQUIRE(told.size() == 1U);
  BOOST_TEST(Has(told[0], "ENOENT"));
}

BOOST_AUTO_TEST_CASE(verdict_and_guard_are_gone_when_the_job_is_over) {
  Machine machine;
  const GitHubRun run = machine.Play({Run("ls " + machine.Path("state/github") + "/*", "look")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  BOOST_TEST(Has(run.Step("look").log, "9301-1.json"));
  BOOST_TEST(Has(run.Step("look").log, "guard"));
  BOOST_REQUIRE(machine.place() != "");
  BOOST_TEST(fs::is_empty(machine.place()));
}

BOOST_AUTO_TEST_CASE(what_a_crashed_job_left_is_gone_after_the_next) {
  Machine machine;
  const GitHubRun crashed = machine.Play({Run("kill -9 $PPID; sleep 1", "crash")});
  BOOST_TEST(crashed.worker_died);
  BOOST_TEST(fs::exists(machine.place() + "/9301-1.json"));
  BOOST_TEST(fs::exists(machine.place() + "/guard"));
  machine.job.run_id = "9302";
  const GitHubRun run = machine.Play({Run("ls " + machine.place(), "look")});
  BOOST_TEST((run.outcome == GitHubRun::Outcome::kSucceeded));
  BOOST_TEST(Lacks(run.Step("look").log, "9301-1.json"));
  BOOST_TEST(Has(run.Step("look").log, "9302-1.json"));
  BOOST_TEST(fs::is_empty(machine.place()));
}

BOOST_AUTO_TEST_SUITE_END()
