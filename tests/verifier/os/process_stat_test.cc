#include "verifier/os/process_stat.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>

using namespace jobwarden;

namespace {

// A process that does `body`, waits, and is gone when this is destroyed.
class Process {
 public:
  explicit Process(const std::function<void()>& body) : pid_(fork()) {
    if (pid_ != 0) return;
    body();
    for (;;) pause();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

  // What is said of it once that is so.
  ProcessStat Until(const std::function<bool(const ProcessStat&)>& so) const {
    for (int tries = 0; tries < 10'000; ++tries, usleep(1'000)) {
      const auto stat = StatOf(pid_);
      if (stat && so(*stat)) return *stat;
    }
    throw std::runtime_error("it did not come to that");
  }

 private:
  pid_t pid_;
};

void* Wait(void*) {
  for (;;) pause();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process_stat)

BOOST_AUTO_TEST_CASE(a_process_is_told_with_its_parent_its_group_and_its_state) {
  const Process process([] { setpgid(0, 0); });
  const ProcessStat stat = process.Until(
      [&](const ProcessStat& each) { return each.group == process.pid() && each.state == 'S'; });
  BOOST_TEST(stat.parent == getpid());
  BOOST_TEST(stat.started >= StatOf(getpid())->started);
  kill(process.pid(), SIGSTOP);
  process.Until([](const ProcessStat& each) { return each.state == 'T'; });
}

BOOST_AUTO_TEST_CASE(a_name_that_looks_like_the_rest_of_the_line_is_a_name) {
  const Process process([] { prctl(PR_SET_NAME, "a) Z 1 1 (b"); });
  const ProcessStat stat =
      process.Until([](const ProcessStat& each) { return each.name == "a) Z 1 1 (b"; });
  BOOST_TEST(stat.parent == getpid());
}

BOOST_AUTO_TEST_CASE(a_process_that_nobody_reaped_yet_has_ended) {
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  siginfo_t ended{};
  BOOST_REQUIRE_EQUAL(waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT), 0);
  BOOST_TEST(!StatOf(pid));
  BOOST_REQUIRE_EQUAL(waitpid(pid, nullptr, 0), pid);
  BOOST_TEST(!StatOf(pid));
}

// The kernel shows such a process as a zombie, and it runs.
BOOST_AUTO_TEST_CASE(a_process_whose_first_thread_has_ended_goes_on) {
  const Process process([] {
    pthread_t thread{};
    pthread_create(&thread, nullptr, Wait, nullptr);
    syscall(SYS_exit, 0);  // of this thread
  });
  const std::string first = "task/" + std::to_string(process.pid()) + "/stat";
  for (int tries = 0; tries < 10'000; ++tries, usleep(1'000)) {
    if (ReadOfProcess(process.pid(), first).find(") Z ") != std::string::npos) break;
  }
  BOOST_TEST(ReadOfProcess(process.pid(), "stat").find(") Z ") != std::string::npos);
  // The other thread may not have come to its rest yet.
  BOOST_CHECK_NO_THROW(process.Until([](const ProcessStat& each) { return each.state == 'S'; }));
}

BOOST_AUTO_TEST_SUITE_END()
