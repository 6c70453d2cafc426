#include "executor/process/stage_process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <string>

#include "tests/executor/process/stage_driver.h"
#include "tests/support/refused_call.h"
#include "verifier/base/encoding.h"

namespace jobwarden {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

// The same, and nobody is to see `hunter2-hunter2`.
StageCommand MaskedBash(std::string_view script) {
  StageCommand command = Bash(script);
  command.masked = [] {
    return std::make_unique<const MaskSet>(std::vector<std::string_view>{"hunter2-hunter2"},
                                           std::vector<std::string>{});
  };
  return command;
}

BOOST_AUTO_TEST_SUITE(stage_process)

BOOST_AUTO_TEST_CASE(the_exit_status_is_the_scripts) {
  BOOST_TEST(Run("exit 0").status == 0);
  BOOST_TEST(Run("exit 42").status == 42);
  BOOST_TEST(Run("exit 255").status == 255);
}

BOOST_AUTO_TEST_CASE(a_script_killed_by_a_signal_ends_with_128_and_its_number) {
  BOOST_TEST(Run("kill -KILL $$").status == 137);
  BOOST_TEST(Run("kill -SEGV $$").status == 139);
}

BOOST_AUTO_TEST_CASE(standard_output_and_error_stay_apart) {
  const Ended ended = Run("echo to out; echo to err >&2; printf 'no newline'");
  BOOST_TEST(ended.out == "to out\nno newline");
  BOOST_TEST(ended.err == "to err\n");
}

BOOST_AUTO_TEST_CASE(outputs_that_are_one_file_keep_their_order) {
  const std::string script = "for i in {1..300}; do echo out $i; echo err $i >&2; done";
  StageDriver driver([&] { return Bash(script); }, [] { dup2(STDOUT_FILENO, STDERR_FILENO); });
  std::string expected;
  for (int i = 1; i <= 300; ++i) {
    expected += "out " + std::to_string(i) + "\nerr " + std::to_string(i) + '\n';
  }
  BOOST_TEST(driver.Wait().out == expected);
}

BOOST_AUTO_TEST_CASE(output_comes_while_the_script_runs) {
  StageDriver driver("printf ready; sleep 300 & wait");
  BOOST_TEST(driver.Read(5) == "ready");
  kill(driver.pid(), SIGTERM);
  BOOST_TEST(driver.Wait().status == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(a_hundred_megabytes_arrive_whole) {
  const Ended ended = Run("head -c 100000000 /dev/zero | tr '\\0' x; echo end");
  BOOST_TEST(ended.status == 0);
  BOOST_REQUIRE_EQUAL(ended.out.size(), 100'000'004U);
  BOOST_TEST(Sha256Hex(ended.out) == Sha256Hex(std::string(100'000'000, 'x') + "end\n"));
}

BOOST_AUTO_TEST_CASE(signals_reach_the_whole_group) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    // The shell waits for its child, which only the signal ends: one that reached the shell alone
    // would leave both waiting. Bash itself ignores SIGQUIT, so the child is no bash.
    StageDriver driver(
        "trap 'exit 7' TERM INT HUP QUIT; sh -c 'printf ready; exec sleep 300'; exit 8");
    driver.Read(5);
    kill(driver.pid(), number);
    BOOST_TEST(driver.Wait().status == 7);
  }
}

BOOST_AUTO_TEST_CASE(the_script_dies_with_a_driver_that_is_killed) {
  StageDriver driver("echo $$; read -t 300 <> <(:)");
  const std::string pid = driver.Read(2);
  kill(driver.pid(), SIGKILL);
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.status == -SIGKILL);
  // It is dead or dying: wait for its end without a clock.
  const std::string all = pid + ended.out;
  while (Lives(all)) usleep(1000);
}

BOOST_AUTO_TEST_CASE(the_script_meets_default_signals_whatever_the_driver_has) {
  StageDriver driver([] { return Bash("grep -E 'Sig(Blk|Ign)' /proc/self/status"); },
                     [] {
                       signal(SIGHUP, SIG_IGN);
                       signal(SIGCHLD, SIG_IGN);
                       sigset_t all;
                       sigfillset(&all);
                       sigprocmask(SIG_BLOCK, &all, nullptr);
                     });
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.out == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

BOOST_AUTO_TEST_CASE(the_script_inherits_the_standard_descriptors_alone) {
  for (const int refused : {0, ENOSYS, EPERM}) {
    StageDriver driver([] { return Bash("ls /proc/self/fd"); },
                       [&] {
                         // Without O_CLOEXEC, as something that the driver was started with.
                         if (open("/dev/null", O_RDONLY) < 0) _exit(kNotStarted);
                         if (refused == 0) return;
                         if (!RefuseCall(SYS_close_range, refused)) _exit(kNotStarted);
                       });
    // 3 is the folder that ls itself reads.
    BOOST_TEST(driver.Wait().out == "0\n1\n2\n3\n");
  }
}

BOOST_AUTO_TEST_CASE(commands_of_a_script_that_points_input_elsewhere_cannot_read_the_script) {
  const Ended ended = Run("(readlink /proc/self/fd/0; cat) < /dev/null");
  BOOST_TEST(ended.out == "/dev/null\n");
}

BOOST_AUTO_TEST_CASE(the_script_leads_a_session_of_its_own) {
  BOOST_TEST(Run("read -r pid _ _ _ group session _ < /proc/self/stat; "
                 "[ $pid = $group ] && [ $group = $session ] && [ $pid = $$ ]")
                 .status == 0);
}

BOOST_AUTO_TEST_CASE(environment_folder_and_umask_are_those_that_were_given) {
  StageDriver driver([] {
    StageCommand command = Bash("env | sort; pwd; umask");
    command.environment = {"PATH=/usr/bin:/bin", "ONLY=this"};
    command.folder = "/tmp";
    command.limits.umask = 027;
    return command;
  });
  BOOST_TEST(driver.Wait().out ==
             "ONLY=this\nPATH=/usr/bin:/bin\nPWD=/tmp\nSHLVL=1\n_=/usr/bin/env\n/tmp\n0027\n");
}

BOOST_AUTO_TEST_CASE(a_reader_who_leaves_does_not_end_the_driver_before_the_script) {
  StageDriver driver(
      "printf ready; read -r < <(:); trap '' PIPE; "
      "until ! echo more; do :; done 2>/dev/null; echo 'met the closed pipe' >&2; exit 3");
  driver.Read(5);
  driver.CloseOutput();
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.err == "met the closed pipe\n");
  BOOST_TEST(ended.status == 3);
}

BOOST_AUTO_TEST_CASE(a_slow_reader_slows_the_script_and_loses_nothing) {
  StageDriver driver("head -c 3000000 /dev/zero; echo written >&2");
  std::size_t read_bytes = 0;
  while (read_bytes < 1'000'000) read_bytes += driver.Read(10'000).size();
  const Ended ended = driver.Wait();
  BOOST_TEST(read_bytes + ended.out.size() == 3'000'000U);
  BOOST_TEST(ended.err == "written\n");
}

BOOST_AUTO_TEST_CASE(output_may_be_a_file) {
  std::string path = "/tmp/stage_process_XXXXXX";
  const int file = mkstemp(path.data());
  BOOST_REQUIRE(file >= 0);
  StageDriver driver([] { return Bash("head -c 300000 /dev/zero; echo end"); },
                     [&] { dup2(file, STDOUT_FILENO); });
  BOOST_TEST(driver.Wait().status == 0);
  struct stat st {};
  BOOST_REQUIRE_EQUAL(fstat(file, &st), 0);
  BOOST_TEST(st.st_size == 300'004);
  close(file);
  unlink(path.c_str());
}

// As a wrapped driver runs: in the group of ours that the runner signals.
StageCommand InOurGroup(std::string_view script) {
  StageCommand command = Bash(script);
  command.keeps_group = true;
  return command;
}

void LeadGroup() {
  if (setpgid(0, 0) != 0) _exit(kNotStarted);
}

BOOST_AUTO_TEST_CASE(a_program_that_keeps_the_group_is_in_it_and_so_is_what_it_starts) {
  StageDriver driver(
      [] { return InOurGroup("sh -c 'read -r _ _ _ _ group _ < /proc/self/stat; echo $group'"); },
      LeadGroup);
  BOOST_TEST(driver.Wait().out == std::to_string(driver.pid()) + '\n');
}

BOOST_AUTO_TEST_CASE(a_signal_to_a_kept_group_ends_the_program_and_not_the_driver) {
  StageDriver driver(
      [] { return InOurGroup("trap 'exit 7' TERM; sh -c 'printf ready; exec sleep 300'; exit 8"); },
      LeadGroup);
  driver.Read(5);
  kill(-driver.pid(), SIGTERM);
  BOOST_TEST(driver.Wait().status == 7);
}

BOOST_AUTO_TEST_CASE(what_a_program_that_keeps_the_group_leaves_behind_is_left_alone) {
  StageDriver driver([] { return InOurGroup("sleep 300 & echo $!; exit 3"); }, LeadGroup);
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.status == 3);
  BOOST_TEST(kill(std::stoi(ended.out), SIGKILL) == 0);
}

BOOST_AUTO_TEST_CASE(standard_output_may_go_elsewhere_and_the_error_to_ours) {
  const Fd elsewhere(memfd_create("elsewhere", MFD_CLOEXEC));
  BOOST_REQUIRE(elsewhere);
  // The same where both of ours are one file.
  for (const bool one_file : {false, true}) {
    StageDriver driver(
        [&] {
          StageCommand command = Bash("echo to out; echo to err >&2");
          command.output = Fd(dup(elsewhere.get()));
          return command;
        },
        [&] {
          if (one_file) dup2(STDERR_FILENO, STDOUT_FILENO);
        });
    const Ended ended = driver.Wait();
    BOOST_TEST(ended.out == "");
    BOOST_TEST(ended.err == "to err\n");
  }
  std::string text(100, '\0');
  const ssize_t got = pread(elsewhere.get(), text.data(), text.size(), 0);
  BOOST_TEST(text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(got, 0))) ==
             "to out\nto out\n");
}

BOOST_AUTO_TEST_CASE(masked_outputs_are_two_streams) {
  StageDriver driver([] {
    return MaskedBash(
        "printf '<hunter2-'; printf '<hunt' >&2; printf 'hunter2>'; printf 'er2-hunter2>' >&2; "
        "printf hunter2-; printf hunter >&2; exit 42");
  });
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.out == "<[MASKED]>hunter2-");
  BOOST_TEST(ended.err == "<[MASKED]>hunter");
  BOOST_TEST(ended.status == 42);
}

BOOST_AUTO_TEST_CASE(masked_outputs_that_are_one_file_are_one_stream) {
  StageDriver driver(
      [] { return MaskedBash("printf '<hunter2-'; printf 'hunter2>\\n' >&2; echo end"); },
      [] { dup2(STDOUT_FILENO, STDERR_FILENO); });
  BOOST_TEST(driver.Wait().out == "<[MASKED]>\nend\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_value_comes_at_once_and_the_rest_at_the_end) {
  StageDriver driver([] { return MaskedBash("printf 'ready hunter2'; sleep 300 & wait"); });
  BOOST_TEST(driver.Read(6) == "ready ");
  kill(driver.pid(), SIGTERM);
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.out == "hunter2");
  BOOST_TEST(ended.status == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(what_is_held_back_comes_though_another_session_holds_the_output) {
  StageDriver driver([] {
    return MaskedBash(
        "read -r pid < <(setsid bash -c 'echo $$; exec sleep 300 >&2'); "
        "printf hunter2- >&2; echo $pid");
  });
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.err == "hunter2-");
  BOOST_TEST(!Lives(ended.out));
}

BOOST_AUTO_TEST_CASE(a_hundred_megabytes_are_masked_and_arrive_whole) {
  StageDriver driver([] {
    return MaskedBash("yes 'a line with hunter2-hunter2 in it' | head -c 100000000; echo end");
  });
  const Ended ended = driver.Wait();
  const std::string line = "a line with [MASKED] in it\n";
  std::string expected;
  for (int i = 0; i < 100'000'000 / 34; ++i) expected += line;
  expected += std::string("a line with hunter2-hunter2 in it").substr(0, 100'000'000 % 34);
  BOOST_TEST(Sha256Hex(ended.out) == Sha256Hex(expected + "end\n"));
}

BOOST_AUTO_TEST_CASE(a_slow_reader_of_masked_output_slows_the_script_and_loses_nothing) {
  StageDriver driver(
      [] { return MaskedBash("yes hunter2-hunter2- | head -c 6800000; echo written >&2"); });
  std::string got;
  while (got.size() < 1'000'000) got += driver.Read(10'000);
  const Ended ended = driver.Wait();
  got += ended.out;
  std::string expected;
  while (expected.size() < 4'000'000) expected += "[MASKED]-\n";
  BOOST_TEST(Sha256Hex(got) == Sha256Hex(expected));
  BOOST_TEST(ended.err == "written\n");
}

BOOST_AUTO_TEST_CASE(
    a_reader_of_masked_output_who_leaves_does_not_end_the_driver_before_the_script) {
  StageDriver driver([] {
    return MaskedBash(
        "printf ready; read -r < <(:); trap '' PIPE; "
        "until ! echo more hunter2-; do :; done 2>/dev/null; echo 'met the closed pipe' >&2; exit "
        "3");
  });
  driver.Read(5);
  driver.CloseOutput();
  const Ended ended = driver.Wait();
  BOOST_TEST(ended.err == "met the closed pipe\n");
  BOOST_TEST(ended.status == 3);
}

BOOST_AUTO_TEST_CASE(a_program_that_cannot_be_started_is_no_exit_status) {
  StageDriver driver([] {
    StageCommand command = Bash("");
    command.arguments[0] = "/nowhere/bash";
    return command;
  });
  BOOST_TEST(driver.Wait().status == kNotStarted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
