#include "verifier/os/process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "verifier/os/fd.h"

using namespace jobwarden;
using std::chrono::milliseconds;

namespace {

constexpr Code kCode = Code::kKeysUnavailable;

Result<ProgramEnd> Shell(const std::string& script, std::string_view input = "",
                         milliseconds timeout = milliseconds(20'000)) {
  return RunProgram({.path = "/bin/sh",
                     .arguments = {"-c", script},
                     .environment = {"NAME=value"},
                     .input = input,
                     .timeout = timeout},
                    kCode, "program");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(a_program_gets_its_arguments_and_input_and_gives_two_streams_and_a_status) {
  const auto end = Shell("cat; echo oops >&2; exit 7", "input\n");
  BOOST_REQUIRE(end);
  BOOST_TEST(end->exit_code == 7);
  BOOST_TEST(end->output == "input\n");
  BOOST_TEST(end->errors == "oops\n");
  BOOST_TEST(!end->timed_out);
}

BOOST_AUTO_TEST_CASE(a_program_gets_the_given_environment_and_nothing_else) {
  BOOST_REQUIRE(setenv("JOBWARDEN_TEST_LEAK", "1", 1) == 0);
  const auto end = RunProgram({.path = "/usr/bin/env",
                               .arguments = {},
                               .environment = {"NAME=value", "OTHER=a b"},
                               .input = {}},
                              kCode, "program");
  BOOST_REQUIRE(end);
  BOOST_TEST(end->output == "NAME=value\nOTHER=a b\n");
}

BOOST_AUTO_TEST_CASE(a_program_gets_no_descriptor_but_the_standard_ones) {
  const Fd leak(open("/dev/null", O_RDONLY));  // not close-on-exec
  BOOST_REQUIRE(bool(leak));
  // The shell itself opens the folder once more, as 3.
  const auto end = Shell("for fd in /proc/self/fd/*; do echo ${fd##*/}; done");
  BOOST_REQUIRE(end);
  BOOST_TEST(end->output == "0\n1\n2\n3\n");
}

BOOST_AUTO_TEST_CASE(a_program_gets_no_blocked_and_no_ignored_signal) {
  const auto before = signal(SIGTERM, SIG_IGN);
  const auto end = Shell("kill -TERM $$; echo survived");
  BOOST_TEST(signal(SIGTERM, before) != SIG_ERR);
  BOOST_REQUIRE(end);
  BOOST_TEST(end->exit_code == 128 + SIGTERM);
  BOOST_TEST(end->output.empty());
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_named) {
  const auto end =
      RunProgram({.path = "/nonexistent/program", .arguments = {}, .environment = {}, .input = {}},
                 kCode, "key refresh");
  BOOST_REQUIRE(!end);
  BOOST_TEST((end.findings().front().code == kCode));
  BOOST_TEST(end.findings().front().message ==
             "key refresh \"/nonexistent/program\": No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_program_whose_time_is_over_is_killed) {
  const auto end =
      Shell("echo begun; trap '' TERM; while :; do sleep 0.05; done", "", milliseconds(300));
  BOOST_REQUIRE(end);
  BOOST_TEST(end->timed_out);
  BOOST_TEST(end->exit_code == 128 + SIGKILL);
  BOOST_TEST(end->output == "begun\n");
}

BOOST_AUTO_TEST_CASE(a_process_that_holds_the_output_open_does_not_hold_us_up) {
  // Were it waited for, its time-out would be reported.
  const auto end = Shell("sleep 5 & echo done", "", milliseconds(4000));
  BOOST_REQUIRE(end);
  BOOST_TEST(!end->timed_out);
  BOOST_TEST(end->exit_code == 0);
  BOOST_TEST(end->output == "done\n");
}

BOOST_AUTO_TEST_CASE(much_output_is_read_and_the_rest_dropped) {
  const auto end = Shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; exit 3");
  BOOST_REQUIRE(end);
  BOOST_TEST(end->exit_code == 3);
  BOOST_TEST(end->output.size() == kMaxProgramOutput);
  BOOST_TEST(end->errors.size() == kMaxProgramOutput);
}

BOOST_AUTO_TEST_CASE(input_that_nobody_reads_does_no_harm) {
  const std::string input(1 << 20, 'x');
  const auto end = Shell("exit 0", input);
  BOOST_REQUIRE(end);
  BOOST_TEST(end->exit_code == 0);
  const auto counted = Shell("wc -c", input);
  BOOST_REQUIRE(counted);
  BOOST_TEST(std::stol(counted->output) == 1 << 20);
}

BOOST_AUTO_TEST_CASE(a_sibling_lies_beside_this_program) {
  const auto path = SiblingProgram("jobwarden", kCode);
  BOOST_REQUIRE(path);
  BOOST_TEST(*path ==
             (std::filesystem::canonical("/proc/self/exe").parent_path() / "jobwarden").string());
}

BOOST_AUTO_TEST_SUITE_END()
