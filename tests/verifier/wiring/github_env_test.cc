#include "verifier/wiring/github_env.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/has.h"

using jobwarden::testing::Has;
using jobwarden::testing::Lacks;

namespace jobwarden {
namespace {

const std::string kStarted = "ACTIONS_RUNNER_HOOK_JOB_STARTED=/opt/jobwarden/job-started.sh";
const std::string kCompleted = "ACTIONS_RUNNER_HOOK_JOB_COMPLETED=/opt/jobwarden/job-completed.js";
const std::string kContainer = "ACTIONS_RUNNER_CONTAINER_HOOKS=/opt/jobwarden/container.js";

std::string Wired(const std::string& text, bool replace = false) {
  const auto wiring = WireGitHubEnv(".env", text, "/opt/jobwarden", replace);
  if (!wiring) return wiring.findings().front().message + "\n" + wiring.findings().front().hint;
  const std::string after = Apply(text, wiring->edits);
  const auto again = WireGitHubEnv(".env", after, "/opt/jobwarden", false);
  BOOST_TEST((again && again->edits.empty()), after);
  return after;
}

BOOST_AUTO_TEST_SUITE(github_env)

BOOST_AUTO_TEST_CASE(hooks_are_added_at_the_end) {
  const std::string both = kStarted + "\n" + kCompleted + "\n";
  BOOST_TEST(Wired("") == both);
  BOOST_TEST(Wired("LANG=C.UTF-8\n") == "LANG=C.UTF-8\n" + both);
  BOOST_TEST(Wired("A=1\nLANG=C") == "A=1\nLANG=C\n" + kStarted + "\n" + kCompleted);
  BOOST_TEST(Wired("A=1\r\n") == "A=1\r\n" + kStarted + "\r\n" + kCompleted + "\r\n");
  BOOST_TEST(Wired("\xEF\xBB\xBF" + kCompleted + "\nA=1\n") ==
             "\xEF\xBB\xBF" + kCompleted + "\nA=1\n" + kStarted + "\n");
}

BOOST_AUTO_TEST_CASE(hooks_that_are_there_change_where_they_are) {
  BOOST_TEST(Wired("ACTIONS_RUNNER_HOOK_JOB_STARTED=\nA=1\n" + kCompleted) ==
             kStarted + "\nA=1\n" + kCompleted);
  BOOST_TEST(
      Wired("ACTIONS_RUNNER_HOOK_JOB_STARTED=/a.sh\nA=\nACTIONS_RUNNER_HOOK_JOB_STARTED=/b.sh\n" +
                kCompleted,
            true) == kStarted + "\nA=\n" + kStarted + "\n" + kCompleted);
  BOOST_TEST(Wired(kStarted + "\nACTIONS_RUNNER_CONTAINER_HOOKS=/k8s/index.js\n" + kCompleted,
                   true) == kStarted + "\n" + kContainer + "\n" + kCompleted);
}

// The runner has neither comments nor blanks around names.
BOOST_AUTO_TEST_CASE(lines_that_are_others_for_the_runner_are_others_here) {
  const std::string others =
      "#" + kStarted + "\n " + kStarted + "\nX" + kCompleted +
      "\nACTIONS_RUNNER_HOOK_JOB_STARTED =/a\nactions_runner_hook_job_started=/a\n";
  BOOST_TEST(Wired(others) == others + kStarted + "\n" + kCompleted + "\n");
}

BOOST_AUTO_TEST_CASE(another_hook_is_kept_unless_it_is_given_up) {
  const std::string said = Wired("ACTIONS_RUNNER_HOOK_JOB_STARTED=/own.sh\n");
  BOOST_TEST(Has(
      said, "expected \"/opt/jobwarden/job-started.sh\", got \"/own.sh\"; nothing was changed"));
  BOOST_TEST(Has(said, "exec /opt/jobwarden/job-started.sh"));
  // Of these files no shell can start jobwarden's.
  for (const std::string line :
       {"ACTIONS_RUNNER_HOOK_JOB_COMPLETED=/own.sh", "ACTIONS_RUNNER_HOOK_JOB_STARTED=/own.js"}) {
    const std::string other = Wired(line + "\n");
    BOOST_TEST(Has(other, "does not call that hook any more"));
    BOOST_TEST(Lacks(other, "exec"));
  }
  BOOST_TEST(Has(Wired("ACTIONS_RUNNER_CONTAINER_HOOKS=/k8s/index.js\n"),
                 "container_hooks = [\"/k8s/index.js\"]"));
}

BOOST_AUTO_TEST_CASE(text_that_the_runner_reads_otherwise_is_refused) {
  BOOST_TEST(Has(Wired(std::string("\xFF\xFE"
                                   "A\0=\0",
                                   6)),
                 "expected UTF-8"));
  BOOST_TEST(Has(Wired("A=secret\rB=2\n"), "expected lines that end with \\n"));
  BOOST_TEST(Has(Wired("A=1\r"), "expected lines"));
  BOOST_TEST(bool(CheckGitHubEnv(".env", "A=1\r\n\r\nB=2\n")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
