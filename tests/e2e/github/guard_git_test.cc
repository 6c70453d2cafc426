// Git's credentials and the step guard: steps that call no git do not see them, and nothing that
// ends or happens in between loses them.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/e2e/github/guard_folder.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

const std::string kCredentials =
    "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eDp5\n";
const std::string kSecond = "the file of v6\n";
// What a step can see of both layouts.
const std::string kLook =
    "cat */config 2>/dev/null .g*/config ../temp/g*-credentials-*.config || :";

bool Soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 1000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

// A job whose steps this process starts, as the worker does unless `worker` is another.
struct Job {
  explicit Job(pid_t worker = getpid()) {
    fs::create_directories(folder / "ws/.git");
    fs::create_directories(folder / "temp");
    folder.Write("ws/.git/config", "[core]\n" + kCredentials);
    folder.Write("temp/git-credentials-1.config", kSecond);
    GuardSettings settings = Allowed();
    settings.strips_git = true;
    settings.worker = worker;
    settings.keep_steps = {"mint"};
    MakeWholeGuardFolder(folder / "guard", settings);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Starts `bash -e SCRIPT` by the guard.
  pid_t Start(const std::string& script, const std::string& id = "__run") const {
    const std::string path = folder.Write("temp/step.sh", script);
    const pid_t pid = fork();
    if (pid != 0) return pid;
    const int out = open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, 1);
    dup2(out, 2);
    if (chdir((folder / "ws").c_str()) != 0) _exit(99);
    const std::string guard = folder / "guard/bash";
    const std::string variables[] = {"PATH=" + (folder / "guard") + ":/usr/bin:/bin",
                                     "GITHUB_WORKSPACE=" + (folder / "ws"),
                                     "RUNNER_TEMP=" + (folder / "temp"), "GITHUB_ACTION=" + id};
    std::vector<char*> environment;
    for (const std::string& each : variables)
      environment.push_back(const_cast<char*>(each.c_str()));
    environment.push_back(nullptr);
    const char* const arguments[] = {"bash", "-e", path.c_str(), nullptr};
    execve(guard.c_str(), const_cast<char**>(arguments), environment.data());
    _exit(98);
  }
  static int Wait(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
  }
  int Run(const std::string& script, const std::string& id = "__run") const {
    return Wait(Start(script, id));
  }
  std::string Out() const { return Slurp(folder / "out"); }
  bool AllThere() const {
    return Slurp(folder / "ws/.git/config").find(kCredentials) != std::string::npos &&
           Slurp(folder / "temp/git-credentials-1.config") == kSecond;
  }
  bool AllGone() const {
    return Slurp(folder / "ws/.git/config").find("AUTHORIZATION") == std::string::npos &&
           !fs::exists(folder / "temp/git-credentials-1.config");
  }

  TempFolder folder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_git)

BOOST_AUTO_TEST_CASE(a_step_that_calls_no_git_sees_no_credentials_and_the_next_has_them) {
  const Job job;
  BOOST_TEST(job.Run(kLook + "\nexit 7\n") == 7 << 8);
  BOOST_TEST(job.Out().find("AUTHORIZATION") == std::string::npos);
  BOOST_TEST(job.Out().find(kSecond) == std::string::npos);
  BOOST_TEST(job.Out().find("[core]") != std::string::npos);
  BOOST_TEST(job.AllThere());
  BOOST_TEST(job.Run(": git fetch\n" + kLook) == 0);
  BOOST_TEST(job.Out().find("AUTHORIZATION") != std::string::npos);
  BOOST_TEST(job.Out().find(kSecond) != std::string::npos);
  BOOST_TEST(job.AllThere());
}

BOOST_AUTO_TEST_CASE(a_listed_step_keeps_them) {
  const Job job;
  job.Run(kLook, "mint");
  BOOST_TEST(job.Out().find("AUTHORIZATION") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_step_that_a_signal_ends_gives_them_back) {
  const Job job;
  const int status = job.Run("kill -TERM $$\n");
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGTERM);
  BOOST_TEST(job.AllThere());
}

BOOST_AUTO_TEST_CASE(a_cancelled_step_gets_the_signal) {
  const Job job;
  const pid_t step =
      job.Start("trap 'echo cancelled; exit 5' INT\necho ready\nwhile :; do sleep 0.05; done\n");
  BOOST_REQUIRE(Soon([&] { return job.Out() == "ready\n"; }));
  BOOST_TEST(job.AllGone());
  kill(step, SIGINT);
  BOOST_TEST(Job::Wait(step) == 5 << 8);
  BOOST_TEST(job.Out() == "ready\ncancelled\n");
  BOOST_TEST(job.AllThere());
}

BOOST_AUTO_TEST_CASE(a_killed_guard_takes_its_shell_along_and_gives_them_back) {
  const Job job;
  const pid_t step = job.Start("echo $$\nwhile :; do read -t 0.05 || :; done <> <(:)\n");
  BOOST_REQUIRE(Soon([&] { return job.Out().ends_with('\n') && job.AllGone(); }));
  const pid_t shell = std::stoi(job.Out());
  BOOST_TEST(shell != step);
  kill(step, SIGKILL);
  Job::Wait(step);
  BOOST_TEST(Soon([&] { return job.AllThere(); }));
  BOOST_TEST(Soon([&] { return kill(shell, 0) != 0; }));
}

BOOST_AUTO_TEST_CASE(beside_another_step_nothing_is_taken) {
  const Job job;
  const pid_t other = fork();
  if (other == 0) {
    pause();
    _exit(0);
  }
  BOOST_TEST(job.Run(kLook) == 0);
  BOOST_TEST(job.Out().find("AUTHORIZATION") != std::string::npos);
  kill(other, SIGKILL);
  Job::Wait(other);
}

BOOST_AUTO_TEST_CASE(what_the_worker_starts_meanwhile_has_them_at_once) {
  const Job job;
  const pid_t step = job.Start("echo ready\nwhile test ! -e ../end; do sleep 0.05; done\n");
  BOOST_REQUIRE(Soon([&] { return job.Out() == "ready\n"; }));
  BOOST_TEST(job.AllGone());
  const pid_t action = fork();
  if (action == 0) {
    pause();
    _exit(0);
  }
  BOOST_TEST(Soon([&] { return job.AllThere(); }));
  job.folder.Write("end", "");
  BOOST_TEST(Job::Wait(step) == 0);
  BOOST_TEST(job.AllThere());
  kill(action, SIGKILL);
  Job::Wait(action);
}

BOOST_AUTO_TEST_CASE(what_was_left_behind_comes_back_before_a_step_that_calls_git) {
  const Job job;
  fs::create_directories(job.folder / "guard/git");
  fs::remove(job.folder / "temp/git-credentials-1.config");
  job.folder.Write("guard/git/held-1",
                   "file 384 " + (job.folder / "temp/git-credentials-1.config") + "\n" + kSecond);
  job.Run(": git push\n" + kLook);
  BOOST_TEST(job.Out().find(kSecond) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_shell_that_no_worker_started_takes_nothing) {
  const Job job(getppid());
  job.Run(kLook);
  BOOST_TEST(job.Out().find("AUTHORIZATION") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
