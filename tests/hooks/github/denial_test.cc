#include "hooks/github/denial.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/has.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

Record Denied(Findings findings) {
  Record record;
  record.outcome = Outcome::kDeny;
  record.findings = std::move(findings);
  return record;
}

const Finding kFork{Code::kForkDenied, "fork: expected false, got true", "ask a maintainer", {}};
const Finding kNoToken{Code::kTokenMissing, "the job carries no id_token", "give it one", {}};

}  // namespace

BOOST_AUTO_TEST_SUITE(denial)

BOOST_AUTO_TEST_CASE(log_says_the_decision_each_reason_and_whom_to_ask) {
  BOOST_TEST(DecisionLog(Denied({kFork}), "ask #ci") ==
             "jobwarden: denied, 1 reason:\n"
             "::error title=jobwarden::FORK_DENIED: fork: expected false, got true%0Aask a "
             "maintainer\n"
             "jobwarden: ask #ci\n");
  Record allowed;
  allowed.outcome = Outcome::kAllow;
  allowed.rule = "deploys";
  BOOST_TEST(DecisionLog(allowed, "ask #ci") == "jobwarden: allowed by rule \"deploys\"\n");
}

BOOST_AUTO_TEST_CASE(the_id_of_a_denial_is_wherever_github_shows_the_denial) {
  Record record = Denied({{Code::kLegacyToken, "old"}, kFork});
  record.id = "7k3m9qxa2b4c5d6e";
  const std::string log = DecisionLog(record, "ask #ci");
  BOOST_TEST(Has(log, "%0Aask a maintainer%0Adecision 7k3m9qxa2b4c5d6e\n"));
  BOOST_TEST(log.ends_with("jobwarden: ask #ci (decision 7k3m9qxa2b4c5d6e)\n"));
  BOOST_TEST(Has(DecisionSummary(record, ""), "\ndecision 7k3m9qxa2b4c5d6e\n```\n"));
  BOOST_TEST(DenialText(record, "").ends_with("\ndecision 7k3m9qxa2b4c5d6e\n"));
  BOOST_TEST(DenialLines(record, "").back() == "decision 7k3m9qxa2b4c5d6e");
}

BOOST_AUTO_TEST_CASE(what_only_would_be_refused_is_a_warning) {
  Record record = Denied({kFork});
  record.enforced = false;
  const std::string log = DecisionLog(record, "");
  BOOST_TEST(Has(log, "jobwarden: report mode: would be denied, 1 reason:\n::warning "));
  BOOST_TEST(Lacks(log, "::error"));
}

BOOST_AUTO_TEST_CASE(job_that_lacks_the_permission_is_told_what_to_add_and_a_forks_is_not) {
  const std::string lines =
      "jobwarden: give the job this in its workflow:\njobwarden:   permissions:\n"
      "jobwarden:     id-token: write\n";
  BOOST_TEST(Has(DecisionLog(Denied({kNoToken}), ""), lines));
  BOOST_TEST(Lacks(DecisionLog(Denied({kNoToken, kFork}), ""), "permissions"));
  BOOST_TEST(Has(DecisionSummary(Denied({kNoToken}), ""), "    id-token: write\n"));
}

BOOST_AUTO_TEST_CASE(summary_is_one_block_that_nothing_inside_can_end) {
  Finding hostile = kFork;
  hostile.message = "ref: got \"```` ![x](https://evil.example) <img>\"";
  BOOST_TEST(DecisionSummary(Denied({hostile}), "ask") ==
             "### jobwarden: this job was refused\n\n`````text\nFORK_DENIED: " + hostile.message +
                 "\n  hint: ask a maintainer\nask\n`````\n");
}

BOOST_AUTO_TEST_SUITE_END()
