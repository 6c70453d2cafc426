#include "hooks/github/left_processes.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/hooks/github/environment_of.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

// A process with this environment, which waits until it is ended.
class Process {
 public:
  explicit Process(std::vector<std::string> environment) {
    int started[2];
    BOOST_REQUIRE(pipe2(started, O_CLOEXEC) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      std::vector<char*> variables;
      for (std::string& each : environment) variables.push_back(each.data());
      variables.push_back(nullptr);
      std::string program = "/bin/sleep";
      std::string time = "600";
      char* const words[] = {program.data(), time.data(), nullptr};
      execve(program.c_str(), words, variables.data());
      _exit(127);
    }
    close(started[1]);
    char none = 0;
    // Returns when the program has been started.
    BOOST_TEST(read(started[0], &none, 1) == 0);
    close(started[0]);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

struct Runner {
  std::string temp() const { return "RUNNER_TEMP=" + folder.path(); }
  Environment hook() const {
    return EnvironmentOf({{"RUNNER_TEMP", folder.path()}, {"RUNNER_TRACKING_ID", "github_1"}});
  }
  TempFolder folder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(left_processes)

BOOST_AUTO_TEST_CASE(process_of_the_job_that_the_runner_does_not_find_is_found) {
  const Runner runner;
  const Process left({runner.temp(), "RUNNER_TRACKING_ID=0"});
  const Process without_id({"A=b", runner.temp()});
  const Process tracked({runner.temp(), "RUNNER_TRACKING_ID=github_1"});
  const Process of_another({"RUNNER_TEMP=/other", "RUNNER_TRACKING_ID=0"});
  const Process of_nobody({"XRUNNER_TEMP=" + runner.folder.path()});
  const auto found = FindLeftProcesses(runner.hook());
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].name == "sleep");
  for (const LeftProcess& each : found) {
    BOOST_TEST((each.pid == left.pid() || each.pid == without_id.pid()));
  }
  BOOST_TEST(FindLeftProcesses(EnvironmentOf({{"RUNNER_TEMP", runner.folder.path()}})).empty());
  BOOST_TEST(FindLeftProcesses(EnvironmentOf({{"RUNNER_TRACKING_ID", "github_1"}})).empty());
}

BOOST_AUTO_TEST_CASE(left_process_is_ended_and_no_other_in_its_place) {
  const Runner runner;
  const Process left({runner.temp()});
  const Process tracked({runner.temp(), "RUNNER_TRACKING_ID=github_1"});
  BOOST_TEST(bool(EndLeftProcess({left.pid(), "sleep"}, runner.hook())));
  siginfo_t end{};
  BOOST_TEST(waitid(P_PID, static_cast<id_t>(left.pid()), &end, WEXITED | WNOWAIT) == 0);
  BOOST_TEST(end.si_status == SIGKILL);
  BOOST_TEST(FindLeftProcesses(runner.hook()).empty());
  BOOST_TEST(!EndLeftProcess({tracked.pid(), "sleep"}, runner.hook()));
  BOOST_TEST(kill(tracked.pid(), 0) == 0);
}

BOOST_AUTO_TEST_CASE(start_of_a_process_is_before_now) {
  const auto before = std::chrono::system_clock::now() - std::chrono::seconds(1);
  const Process process({});
  const auto start = StartOf(process.pid());
  BOOST_REQUIRE(start);
  BOOST_TEST((*start >= before && *start <= std::chrono::system_clock::now()));
  BOOST_TEST(!StartOf(0x7FFFFFFF));
}

BOOST_AUTO_TEST_SUITE_END()
