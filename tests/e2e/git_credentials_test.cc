// With git_credentials = "strip" the job's own stages find no job token in git's configuration.
// Real git, and a server that asks for the token.

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/e2e/harness.h"
#include "tests/support/git_server.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

// How a runner hands git the token.
enum class Way {
  kBeside,  // since 18: in a file beside the checkout, which its configuration includes
  kInUrl,   // before: in the remote's URL
};

// A runner, and a server with the project and a submodule of it.
struct Host : RunnerHost {
  Host() : server(folder.path() + "/served", "gitlab-ci-token", ProtectedDeploy().job_token) {
    config += "[exposure]\ngit_credentials = \"strip\"\n";
    Sh("set -e; mkdir served; cd served\n"
       "export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=k GIT_AUTHOR_EMAIL=k@example.com\n"
       "export GIT_COMMITTER_NAME=k GIT_COMMITTER_EMAIL=k@example.com\n"
       "git init -q --bare -b main lib.git; git init -q --bare -b main app.git\n"
       "tree=$(git -C lib.git mktree </dev/null)\n"
       "lib=$(git -C lib.git commit-tree -m lib \"$tree\")\n"
       "git -C lib.git update-ref refs/heads/main \"$lib\"\n"
       "modules=$(printf '[submodule \"lib\"]\\npath = lib\\nurl = ../lib.git\\n' |\n"
       "          git -C app.git hash-object -w --stdin)\n"
       "tree=$(printf '100644 blob %s\\t.gitmodules\\n160000 commit %s\\tlib\\n' \"$modules\" "
       "\"$lib\" | git -C app.git mktree --missing)\n"
       "git -C app.git update-ref refs/heads/main $(git -C app.git commit-tree -m app \"$tree\")\n"
       "git -C lib.git update-server-info; git -C app.git update-server-info\n");
  }

  void Sh(const std::string& commands) const {
    ChildOptions options_;
    options_.command = {"/bin/sh", "-c", commands};
    options_.environment = {{"PATH", std::getenv("PATH")}, {"HOME", folder.path()}};
    options_.folder = folder.path();
    const ChildResult result = RunChild(options_);
    BOOST_REQUIRE_MESSAGE(result.exit_code == 0, result.log);
  }

  // Plays a job whose get_sources fetches the project; looks at what it left before and after the
  // job's own script.
  JobRun Play(Way way, const std::vector<std::string>& script) {
    return Play(way, Send(JobThat(script), signer));
  }

  // The same of any job. `hook` is a line of the job's own in get_sources.
  JobRun Play(Way way, RunnerJob job, const std::string& hook = "") {
    job.runner = way == Way::kBeside ? Runner::k19_4 : Runner::k17_2;
    if (!hook.empty()) {
      job.response["hooks"] = {{{"name", "post_get_sources_script"}, {"script", {hook}}}};
    }
    const Folders folders{Path("builds"), Path("cache"), true};
    project = ProjectDir(job, folders);
    const auto variables = AllVariables(job, folders);
    ScriptWriter writer(job.runner, job.shell, variables);
    writer.Variables(variables, TemporaryDir(job, folders));
    writer.Line(GetSources(way, TemporaryDir(job, folders)));
    writer.Line(hook);
    job.scripts["get_sources"] = writer.Script();
    options.before_call = [this, last = std::string()](const CallAhead& call) mutable {
      if (call.name == "build_script") {
        before = Left();
        if (before_build) before_build();
      }
      // The next one, whatever it is.
      if (last == "build_script") after = Left();
      last = call.name;
    };
    return RunnerHost::Play(job);
  }

  std::string GetSources(Way way, const std::string& temporary) const {
    const std::string url = "http://" + server.host();
    const std::string with_token = "http://gitlab-ci-token:" + token() + "@" + server.host();
    const std::string init = "git init -q " + project + "; cd " + project + "\n";
    const std::string fetch =
        "git fetch -q origin\ngit -c advice.detachedHead=false checkout -q origin/main\n"
        "git submodule -q init\ngit submodule -q sync\n";
    if (way == Way::kInUrl) {
      return init + "git remote add origin " + with_token + "/app.git\n" + fetch +
             "git submodule -q update --init";
    }
    const std::string file = temporary + "/.gitlab-runner.ext.conf";
    return "mkdir -p " + temporary + "\ngit config --file " + file + " 'url." + with_token +
           "/app.git.insteadOf' " + url + "/app.git\ngit config --file " + file + " 'url." +
           with_token + ".insteadOf' " + url + "\n" + init +
           "git config --file .git/config include.path " + file + "\ngit remote add origin " + url +
           "/app.git\n" + fetch + "git -c include.path=" + file +
           " submodule -q update --init\n"
           "git submodule -q foreach git config --replace-all include.path " +
           file;
  }

  // All that lies in the checkout and beside it.
  Files Left() const {
    Files files = ReadFiles(project);
    files.merge(ReadFiles(project + ".tmp"));
    return files;
  }

  static std::string token() { return ProtectedDeploy().job_token; }

  GitServer server;
  std::string project;
  Files before;
  Files after;
  std::function<void()> before_build;
};

bool Holds(const Files& files, const std::string& part) {
  for (const auto& [name, text] : files) {
    if (text.find(part) != text.npos) return true;
  }
  return false;
}

constexpr Way kWays[] = {Way::kBeside, Way::kInUrl};

}  // namespace

BOOST_AUTO_TEST_SUITE(git_credentials)

BOOST_AUTO_TEST_CASE(the_token_is_on_disk_before_the_job_s_own_script_and_no_more_with_it) {
  for (const Way way : kWays) {
    Host host;
    const JobRun run = host.Play(way, {"git config --get remote.origin.url", "cat lib/.git"});
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Holds(host.before, Host::token()));
    BOOST_TEST(Lacks(host.after, Host::token()));
    BOOST_TEST(Has(Out(run), "\nhttp://" + host.server.host() + "/app.git\n"));
    BOOST_TEST(Has(Out(run), "\ngitdir: ../.git/modules/lib\n"));
  }
}

BOOST_AUTO_TEST_CASE(git_gets_the_token_where_the_job_names_it) {
  for (const Way way : kWays) {
    Host host;
    const JobRun run = host.Play(way, {": $CI_JOB_TOKEN", "git ls-remote origin",
                                       "git fetch origin main", "cd lib", "git ls-remote origin"});
    BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
    const std::string out = Out(run);
    BOOST_TEST(Has(out, "\trefs/heads/main\n"));
    BOOST_TEST(out.find("\trefs/heads/main\n") != out.rfind("\trefs/heads/main\n"));
    BOOST_TEST(Lacks(host.after, Host::token()));
  }
}

BOOST_AUTO_TEST_CASE(git_without_the_token_says_why_it_has_no_password) {
  for (const Way way : kWays) {
    Host host;
    const JobRun run = host.Play(
        way, {"unset CI_JOB_TOKEN", "if git ls-remote origin; then echo IN; else echo OUT; fi"});
    BOOST_TEST(Has(Out(run), "\nOUT\n"));
    BOOST_TEST(Lacks(Out(run), "\nIN\n"));
    BOOST_TEST(Has(run.log(), "no line of the job names CI_JOB_TOKEN, so git has no password\n"));
  }
}

// A store that the machine's administrator or the job set up must not get to keep it.
BOOST_AUTO_TEST_CASE(no_other_helper_gets_the_token) {
  for (const Way way : kWays) {
    Host host;
    const std::string store = host.Path("stored");
    const JobRun run =
        host.Play(way, {"git config --global credential.helper 'store --file " + store + "'",
                        ": $CI_JOB_TOKEN", "git ls-remote origin"});
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(!fs::exists(store));
  }
}

BOOST_AUTO_TEST_CASE(by_default_and_in_report_mode_git_s_configuration_stays_as_it_is) {
  const std::string setting = "git_credentials = \"strip\"\n";
  for (const auto& [way, other] : {std::pair(Way::kBeside, std::string()),
                                   std::pair(Way::kInUrl, setting + "mode = \"report\"\n")}) {
    Host host;
    Change(host.config, setting, other);
    const JobRun run = host.Play(way, {"unset CI_JOB_TOKEN", "git ls-remote origin"});
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Holds(host.after, Host::token()));
  }
}

BOOST_AUTO_TEST_CASE(a_header_that_the_job_gave_to_git_serves_its_later_stages) {
  for (const Way way : kWays) {
    Host host;
    Job job = JobThat({"git config http.extraHeader \"JOB-TOKEN: $CI_JOB_TOKEN\""});
    job.after_script = {"git config http.extraHeader | wc -c"};
    job.release = {"git config http.extraHeader | wc -c"};
    const JobRun run = host.Play(way, Send(job, host.signer));
    BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
    const std::string size =
        std::to_string(std::string("JOB-TOKEN: \n").size() + Host::token().size());
    BOOST_TEST(Has(Out(run, "after_script"), "\n" + size + "\n"));
    BOOST_TEST(Has(Out(run, "step_release"), "\n" + size + "\n"));
  }
}

BOOST_AUTO_TEST_CASE(a_header_from_a_hook_of_the_job_serves_its_script) {
  for (const Way way : kWays) {
    Host host;
    const JobRun run = host.Play(
        way,
        Send(JobThat({"git config http.extraHeader | wc -c", "git config remote.origin.url"}),
             host.signer),
        "git config http.extraHeader \"JOB-TOKEN: $CI_JOB_TOKEN\"");
    BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
    BOOST_TEST(Has(Out(run), "\nhttp://" + host.server.host() + "/app.git\n"));
  }
}

BOOST_AUTO_TEST_CASE(a_stage_after_a_refused_one_is_refused_too) {
  Host host;
  host.before_build = [&] { std::ofstream(host.project + "/.git/config.lock"); };
  Job job = JobThat({":"});
  job.after_script = {"touch " + host.Path("ran")};
  host.Play(Way::kInUrl, Send(job, host.signer));
  BOOST_TEST(!fs::exists(host.Path("ran")));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_cannot_be_rewritten_stops_the_stage) {
  for (const bool fifo : {true, false}) {
    Host host;
    host.before_build = [&] {
      const std::string path = host.project + "/.git/config";
      fs::rename(path, path + ".old");
      if (fifo) {
        BOOST_REQUIRE(mkfifo(path.c_str(), 0600) == 0);
      } else {
        fs::create_symlink("config.old", path);
      }
    };
    const JobRun run = host.Play(Way::kInUrl, {"touch " + host.Path("ran")});
    BOOST_TEST(run.outcome == Outcome::kSystemFailure);
    BOOST_TEST(Has(run.log(), "jobwarden: STATE_UNWRITABLE: the job token cannot be taken out of"));
    BOOST_TEST(Lacks(run.log(), Host::token()));
    BOOST_TEST(!fs::exists(host.Path("ran")));
  }
}

BOOST_AUTO_TEST_SUITE_END()
