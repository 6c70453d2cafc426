// Where jobs find their home folder: by HOME and by the password file. They are played by root.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/e2e/harness.h"
#include "tests/support/test_users.h"

using namespace jobwarden::testing;

namespace {

namespace fs = std::filesystem;

constexpr const char* kModes[] = {"none", "bwrap"};

bool CanPlay(const std::string& mode) {
  return mode == "none" || access("/usr/bin/bwrap", X_OK) == 0;
}

// A machine whose password file says that the jobs' user lives in `home`. The machine is the test's
// own but for this file, which a mount that only the driver sees puts in the place of the real one.
struct HomeHost : RunnerHost {
  HomeHost(const std::string& mode, const std::string& home) : users(1) {
    chmod(folder.path().c_str(), 0711);
    Change(config, "shared_user = true\n",
           "sandbox = \"" + mode + "\"\nrun_as = " + users.List() + "\n");
    const std::string uid = std::to_string(users.uid());
    std::string passwd = users.name() + ":x:" + uid + ":60::" + home + ":/usr/sbin/nologin\n";
    std::istringstream lines(Slurp("/etc/passwd"));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(users.name() + ":")) passwd += line + "\n";
    }
    const std::string file = elsewhere.Write("passwd", passwd);
    chmod(file.c_str(), 0644);
    ShowDriver(file, "/etc/passwd");
  }

  TestUsers users;
  TempFolder elsewhere;  // what lies in the host's own folder is out of a sandbox's sight
};

// Lines that print where programs find the home folder, and use it.
std::vector<std::string> LookForHome() {
  return {
      "echo variable:$HOME:",
      "echo passwd:$(getent passwd $(id -un) | cut -d: -f6):",
      "echo tilde:$(eval echo ~$(id -un)):",
      "ls -A ~ | wc -l",
      "stat -c 'home %U %a' \"$(eval echo ~$(id -un))\"/. || true",
      "mkdir -m 700 ~/.ssh && printf 'Host alias\\n HostName found\\n' >~/.ssh/config",
      "! command -v ssh >/dev/null || ssh -G alias | grep '^hostname'",
      "! command -v java >/dev/null || java -XshowSettings:properties -version 2>&1 | grep "
      "user.home",
      "echo shell:$SHELL:",
  };
}

void FindsItsHome(HomeHost& host, const std::string& home) {
  Job job = JobThat(LookForHome());
  job.after_script = {"ls -A ~", "touch \"$(eval echo ~$(id -un))/more\" ~/even-more"};
  for (int times = 0; times < 2; ++times) {
    const JobRun run = host.Play(job);
    const std::string out = Out(run);
    BOOST_TEST_CONTEXT(home << "\n" << host.config << run.log()) {
      BOOST_TEST(run.outcome == Outcome::kSucceeded);
      for (const char* by : {"variable:", "passwd:", "tilde:"}) {
        BOOST_TEST(Has(out, "\n" + std::string(by) + home + ":\n"));
      }
      BOOST_TEST(Has(out, "\n0\n"), "it is empty");
      BOOST_TEST(Has(out, "\nhome " + host.users.name() + " 700\n"));
      if (access("/usr/bin/ssh", X_OK) == 0) BOOST_TEST(Has(out, "\nhostname found\n"));
      if (access("/usr/bin/java", X_OK) == 0) BOOST_TEST(Has(out, "user.home = " + home + "\n"));
      BOOST_TEST(Has(out, "/bash:\n"));
      BOOST_TEST(Has(Out(run, "after_script"), "\n.ssh\n"));
      BOOST_TEST(Lacks(run.log(), "advice"));
    }
  }
}

// A path of the machine that no test folder has: what comes to lie there goes at the end.
class MachinePath {
 public:
  explicit MachinePath(const std::string& above)
      : path_(above + "/jobwarden-test-" + std::to_string(getpid())) {}
  MachinePath(const MachinePath&) = delete;
  MachinePath& operator=(const MachinePath&) = delete;
  ~MachinePath() { fs::remove_all(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(home)

BOOST_AUTO_TEST_CASE(home_is_where_the_password_file_says_also_where_nothing_was) {
  for (const char* mode : kModes) {
    if (!CanPlay(mode)) continue;
    for (const auto& [above, below] :
         {std::pair("", ""), std::pair("", "/x"), std::pair("/home", ""),
          std::pair("/home", "/deeper/still"), std::pair("/srv", ""), std::pair("/var/lib", "/x"),
          std::pair("/var/spool", "")}) {
      const MachinePath made(above);
      HomeHost host(mode, made.path() + below);
      FindsItsHome(host, made.path() + below);
    }
  }
}

BOOST_AUTO_TEST_CASE(home_that_is_there_is_covered_and_nothing_in_it_is_changed) {
  for (const char* mode : kModes) {
    if (!CanPlay(mode)) continue;
    for (const char* above : {"/home", "/srv"}) {
      const MachinePath made(above);
      const std::string& home = made.path();
      fs::create_directory(home);
      HomeHost host(mode, home);
      std::ofstream(home + "/.profile") << "of the machine";
      BOOST_REQUIRE(chown(home.c_str(), host.users.uid(), 0) == 0);
      FindsItsHome(host, home);
      BOOST_TEST(std::distance(fs::directory_iterator(home), {}) == 1);
      BOOST_TEST(Slurp(home + "/.profile") == "of the machine");
    }
  }
}

BOOST_AUTO_TEST_CASE(home_is_found_through_links) {
  for (const char* mode : kModes) {
    if (!CanPlay(mode)) continue;
    const MachinePath made("/srv");
    fs::create_directories(made.path() + "/there");
    fs::create_directory_symlink("there", made.path() + "/link");
    HomeHost host(mode, made.path() + "/link/home");
    const JobRun run = host.Play(JobThat({"cd \"$(eval echo ~$(id -un))\" && touch x && ls ~"}));
    BOOST_TEST(Has(Out(run), "\nx\n"));
    BOOST_TEST(Lacks(run.log(), "advice"));
  }
}

BOOST_AUTO_TEST_CASE(folder_that_is_not_the_user_s_is_left_alone_and_the_log_says_so) {
  const MachinePath made("/srv");
  fs::create_directories(made.path() + "/others");
  for (const char* mode : kModes) {
    if (!CanPlay(mode)) continue;
    for (const std::string& home :
         {std::string("/"), std::string("/usr/bin"), std::string("/usr"), std::string("/proc"),
          made.path(), std::string(), std::string("x")}) {
      HomeHost host(mode, home);
      const JobRun run = host.Play(
          JobThat({"touch ~/x && ls -A ~", "stat -c 'home %U %a' ~", "test -x /usr/bin/env"}));
      BOOST_TEST_CONTEXT(mode << " " << home << "\n" << run.log()) {
        BOOST_TEST(run.outcome == Outcome::kSucceeded);
        BOOST_TEST(Has(Out(run), "\nx\n"));
        BOOST_TEST(Has(Out(run), "\nhome " + host.users.name() + " 700\n"));
        BOOST_TEST(Has(run.log(), "advice: the home folder"));
      }
    }
  }
}

// Whoever may write the folder above could put a link to /etc in the place of the home.
BOOST_AUTO_TEST_CASE(nothing_is_mounted_where_others_may_put_a_link) {
  const MachinePath made("/srv");
  fs::create_directories(made.path() + "/home");
  HomeHost host("none", made.path() + "/home");
  BOOST_REQUIRE(chown(made.path().c_str(), host.users.uid(), 0) == 0);
  BOOST_REQUIRE(chown((made.path() + "/home").c_str(), host.users.uid(), 0) == 0);
  const JobRun run = host.Play(JobThat({"echo variable:$HOME:"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Lacks(Out(run), "variable:/srv"));
  BOOST_TEST(Has(run.log(), "advice: the home folder"));
}

BOOST_AUTO_TEST_CASE(jobs_of_users_with_the_same_home_have_a_home_each) {
  const MachinePath made("");
  HomeHost first("none", made.path());
  HomeHost second("none", made.path());
  std::string inner;
  first.options.on_output = [&](const std::string& call, pid_t, const std::string& log) {
    if (call != "build_script" || log.find("\nready\n") == log.npos || !inner.empty()) return;
    inner = "started";
    inner = Out(second.Play(JobThat({"ls -A ~ | wc -l", "touch ~/second"})));
    first.folder.Write("go", "");
  };
  const JobRun run = first.Play(
      JobThat({"touch ~/first", "echo ready",
               "while [ ! -e '" + first.Path("go") + "' ]; do sleep 0.01; done", "ls -A ~"}));
  BOOST_TEST(Has(inner, "\n0\n"));
  BOOST_TEST(Has(Out(run), "\nfirst\n"));
  BOOST_TEST(Lacks(Out(run), "\nsecond\n"));
  BOOST_TEST(fs::is_empty(made.path()));
}

BOOST_AUTO_TEST_SUITE_END()
