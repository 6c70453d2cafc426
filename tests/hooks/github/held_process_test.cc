// A process that is held by number alone, where a filter refuses the descriptors.

#include "hooks/github/held_process.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstddef>
#include <functional>

#include "verifier/base/finding.h"

using jobwarden::HeldProcess;

namespace {

void RefusePidfds() {
  std::array<sock_filter, 5> filter = {
      sock_filter(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))),
      sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 1, 0)),
      sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_send_signal, 0, 1)),
      sock_filter(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)),
      sock_filter(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW))};
  const sock_fprog program = {filter.size(), filter.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

pid_t Fork(const std::function<int()>& what) {
  const pid_t pid = fork();
  if (pid == 0) _exit(what());
  return pid;
}

int StatusOf(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

// What each of the cases holds: it ends when it is told.
pid_t Sleeper() {
  return Fork([] {
    pause();
    return 0;
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(held_process)

BOOST_AUTO_TEST_CASE(signal_reaches_the_process_and_later_nobody) {
  const pid_t pid = Sleeper();
  const auto held = HeldProcess::Hold(pid);
  BOOST_REQUIRE(bool(held));
  BOOST_TEST(!held->HasEnded());
  BOOST_TEST(bool(held->Signal(SIGTERM)));
  BOOST_TEST(WTERMSIG(StatusOf(pid)) == SIGTERM);
  BOOST_TEST(held->HasEnded());
  BOOST_TEST(!held->Signal(SIGTERM));
}

BOOST_AUTO_TEST_CASE(signal_reaches_the_process_where_pidfds_are_refused) {
  const pid_t pid = Sleeper();
  const pid_t other = Fork([pid] {
    RefusePidfds();
    const auto held = HeldProcess::Hold(pid);
    return held && syscall(SYS_pidfd_open, pid, 0) < 0 && held->Signal(SIGTERM) ? 0 : 1;
  });
  BOOST_TEST(StatusOf(other) == 0);
  BOOST_TEST(WTERMSIG(StatusOf(pid)) == SIGTERM);
}

BOOST_AUTO_TEST_CASE(process_that_is_not_there_cannot_be_held) {
  const pid_t pid = Fork([] { return 0; });
  StatusOf(pid);
  BOOST_TEST(!HeldProcess::Hold(pid));
}

BOOST_AUTO_TEST_SUITE_END()
