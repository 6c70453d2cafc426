#include "executor/process/leftovers.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <string>

namespace jobwarden {
namespace {

// A process in a session of its own that was started with this environment entry. It says when it
// runs, so that nobody looks at it before it is the program that it shall be.
pid_t Start(std::string entry, const char* script) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE_EQUAL(pipe(ends.data()), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();
    dup2(ends[1], STDOUT_FILENO);
    std::array<char*, 4> arguments{const_cast<char*>("bash"), const_cast<char*>("-c"),
                                   const_cast<char*>(script), nullptr};
    std::array<char*, 2> environment{entry.data(), nullptr};
    execve("/bin/bash", arguments.data(), environment.data());
    _exit(127);
  }
  char ready = 0;
  BOOST_REQUIRE_EQUAL(read(ends[0], &ready, 1), 1);
  close(ends[0]);
  close(ends[1]);
  return pid;
}

int SignalThatEnded(pid_t pid) {
  int status = 0;
  BOOST_REQUIRE_EQUAL(waitpid(pid, &status, 0), pid);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

constexpr char kWait[] = "printf r; while :; do read -t 9 -r < <(sleep 9); done";

BOOST_AUTO_TEST_SUITE(leftovers)

BOOST_AUTO_TEST_CASE(what_was_started_with_the_entry_is_ended_and_nothing_else) {
  const std::string entry = "TMPDIR=/nowhere/leftovers-" + std::to_string(getpid());
  const pid_t left = Start(entry, kWait);
  const pid_t other = Start(entry + "0", kWait);
  // Reaped at once, as an init would: a zombie has no environment and is not found again.
  EndLeftovers(entry);
  BOOST_TEST(SignalThatEnded(left) == SIGTERM);
  BOOST_TEST(waitpid(other, nullptr, WNOHANG) == 0);
  kill(-other, SIGKILL);
  BOOST_TEST(SignalThatEnded(other) == SIGKILL);
}

BOOST_AUTO_TEST_CASE(what_ignores_sigterm_is_killed) {
  const std::string entry = "TMPDIR=/nowhere/stubborn-" + std::to_string(getpid());
  const pid_t left =
      Start(entry, "trap '' TERM; printf r; while :; do read -t 9 -r < <(sleep 9); done");
  EndLeftovers(entry);
  BOOST_TEST(SignalThatEnded(left) == SIGKILL);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
