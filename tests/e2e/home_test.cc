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

// Removes folders that were made to mount on, if this test saw them come.
class MadeFolders {
 public:
  explicit MadeFolders(std::string top) : top_(std::move(top)), there_(fs::exists(top_)) {}
  MadeFolders(const MadeFolders&) = delete;
  MadeFolders& operator=(const MadeFolders&) = delete;
  ~MadeFolders() {
    if (!there_) fs::remove_all(top_);
  }

 private:
  std::string top_;
  bool there_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(home)

BOOST_AUTO_TEST_CASE(home_is_where_the_password_file_says_also_where_nothing_was) {
  for (const char* mode : kModes) {
    if (!CanPlay(mode)) continue;
    for (const std::string home :
         {"/nonexistent", "/home/jobwarden-test", "/home/jobwarden-test/deeper/still",
          "/var/lib/jobwarden-test/x", "/srv/jobwarden-test", "/jobwarden-test/x",
          "/var/spool/jobwarden-test"}) {
      const auto deep = home.find("jobwarden-test");
      const MadeFolders made(deep == home.npos ? home : home.substr(0, deep + 14));
      HomeHost host(mode, home);
      FindsItsHome(host, home);
    }
  }
}

BOOST_AUTO_TEST_CASE(home_that_is_there_is_covered_and_nothing_in_it_is_changed) {
  for (const char* mode : kModes) {
    if (!CanPlay(mode)) continue;
    for (const std::string above : {"/home", "/srv"}) {
      const std::string home = above + "/jobwarden-test";
      const MadeFolders made(home);
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
    const MadeFolders made("/srv/jobwarden-test");
    fs::create_directories("/srv/jobwarden-test/there");
    fs::create_directory_symlink("there", "/srv/jobwarden-test/link");
    HomeHost host(mode, "/srv/jobwarden-test/link/home");
    const JobRun run = host.Play(JobThat({"cd \"$(eval echo ~$(id -un))\" && touch x && ls ~"}));
    BOOST_TEST(Has(Out(run), "\nx\n"));
    BOOST_TEST(Lacks(run.log(), "advice"));
  }
}

BOOST_AUTO_TEST_CASE(folder_that_is_not_the_user_s_is_left_alone_and_the_log_says_so) {
  const MadeFolders made("/srv/jobwarden-test");
  fs::create_directories("/srv/jobwarden-test/others");
  for (const char* mode : kModes) {
    if (!CanPlay(mode)) continue;
    for (const char* home : {"/", "/usr/bin", "/usr", "/proc", "/srv/jobwarden-test", "", "x"}) {
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
  const MadeFolders made("/srv/jobwarden-test");
  fs::create_directories("/srv/jobwarden-test/home");
  HomeHost host("none", "/srv/jobwarden-test/home");
  BOOST_REQUIRE(chown("/srv/jobwarden-test", host.users.uid(), 0) == 0);
  BOOST_REQUIRE(chown("/srv/jobwarden-test/home", host.users.uid(), 0) == 0);
  const JobRun run = host.Play(JobThat({"echo variable:$HOME:"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Lacks(Out(run), "variable:/srv"));
  BOOST_TEST(Has(run.log(), "advice: the home folder"));
}

BOOST_AUTO_TEST_CASE(jobs_of_users_with_the_same_home_have_a_home_each) {
  const MadeFolders made("/nonexistent");
  HomeHost first("none", "/nonexistent");
  HomeHost second("none", "/nonexistent");
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
  BOOST_TEST(fs::is_empty("/nonexistent"));
}

BOOST_AUTO_TEST_SUITE_END()
