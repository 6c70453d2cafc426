#include "verifier/os/program_finding.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

Finding Of(const std::string& errors, int exit_code = 3) {
  return FindingOf({exit_code, false, "", errors}, Code::kKeysUnavailable, "key refresh",
                   std::chrono::seconds(13));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(program_finding)

BOOST_AUTO_TEST_CASE(last_finding_that_was_printed_counts_with_its_hint) {
  const Finding finding =
      Of("jobwarden: CONFIG_INVALID: first\n  hint: of the first\n"
         "jobwarden: STATE_UNWRITABLE: second: why\n  hint: of the second\n\n");
  BOOST_TEST((finding.code == Code::kKeysUnavailable));
  BOOST_TEST(finding.message == "second: why");
  BOOST_TEST(finding.hint == "of the second");
  BOOST_TEST(Of("jobwarden: CONFIG_INVALID: a\n  hint: b\njobwarden: DRIVER_FAILED: c\n").hint ==
             "");
}

BOOST_AUTO_TEST_CASE(what_is_no_code_is_a_part_of_the_message) {
  BOOST_TEST(Of("jobwarden: issuer \"x\": fetching\n").message == "issuer \"x\": fetching");
  BOOST_TEST(Of("jobwarden: NO_SUCH_CODE: x").message == "NO_SUCH_CODE: x");
  BOOST_TEST(Of("jobwarden: KEYS_UNAVAILABLE").message == "KEYS_UNAVAILABLE");
}

BOOST_AUTO_TEST_CASE(line_of_the_loader_is_shown_and_a_strange_one_quoted) {
  BOOST_TEST(Of("/opt/jobwarden: error while loading libx.so\n").message ==
             "/opt/jobwarden: error while loading libx.so");
  BOOST_TEST(Of("a\x1b[2Jb\n").message == "\"a\\u001b[2Jb\"");
  BOOST_TEST(Of("\xff\n").message != "\xff");
}

BOOST_AUTO_TEST_CASE(silent_program_has_its_exit_code_named) {
  BOOST_TEST(Of("", 139).message == "key refresh: ended with 139");
}

BOOST_AUTO_TEST_CASE(program_that_took_too_long_said_nothing_that_counts) {
  ProgramEnd end{137, true, "", "jobwarden: CONFIG_INVALID: x\n"};
  const Finding finding =
      FindingOf(end, Code::kTokenRequestFailed, "token request", std::chrono::seconds(23));
  BOOST_TEST((finding.code == Code::kTokenRequestFailed));
  BOOST_TEST(finding.message == "token request: not done after 23 seconds");
}

BOOST_AUTO_TEST_SUITE_END()
