#include "verifier/base/finding.h"

#include <boost/test/unit_test.hpp>
#include <exception>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace jobwarden {
namespace {

// The names are public: administrators' alerts rest on them. Each with what it means for a job.
const std::map<std::string, Severity> kCodes = {
    {"TOKEN_MISSING", Severity::kDeny},     {"MALFORMED_TOKEN", Severity::kDeny},
    {"ALGORITHM_INVALID", Severity::kDeny}, {"HEADER_INVALID", Severity::kDeny},
    {"KEY_UNKNOWN", Severity::kDeny},       {"SIGNATURE_INVALID", Severity::kDeny},
    {"ISSUER_MISMATCH", Severity::kDeny},   {"AUDIENCE_MISMATCH", Severity::kDeny},
    {"TOKEN_EXPIRED", Severity::kDeny},     {"TOKEN_NOT_YET_VALID", Severity::kDeny},
    {"LIFETIME_EXCEEDED", Severity::kDeny}, {"REQUIRED_CLAIM_MISSING", Severity::kDeny},
    {"CLAIM_INVALID", Severity::kDeny},     {"JOB_MISMATCH", Severity::kDeny},
    {"FORK_DENIED", Severity::kDeny},       {"RULE_DENIED", Severity::kDeny},
    {"NO_RULE_ALLOWS", Severity::kDeny},    {"LEGACY_TOKEN", Severity::kWarning},
    {"KEYS_STALE", Severity::kWarning},     {"KEY_CACHE_IGNORED", Severity::kWarning},
    {"SHARED_USER", Severity::kWarning},    {"KEYS_UNAVAILABLE", Severity::kError},
    {"JOB_UNREADABLE", Severity::kError},   {"SCRIPT_UNREADABLE", Severity::kError},
    {"VERDICT_MISSING", Severity::kError},  {"AUDIT_FAILED", Severity::kError},
    {"STATE_UNWRITABLE", Severity::kError}, {"DRIVER_FAILED", Severity::kError},
    {"NO_FREE_USER", Severity::kError},     {"TOKEN_REQUEST_FAILED", Severity::kError},
    {"PLAIN_HTTP", Severity::kWarning},     {"CONFIG_INVALID", Severity::kUsage},
    {"DEBUGGER_LISTENS", Severity::kDeny},  {"TICKET_INVALID", Severity::kDeny},
    {"METRICS_FAILED", Severity::kWarning}, {"POLICY_EXPIRED", Severity::kError},
    {"POLICY_REFUSED", Severity::kDeny},    {"POLICY_UNAVAILABLE", Severity::kError}};

constexpr Code kFirst = Code::kTokenMissing;

Finding Of(const std::string& name) {
  return {*CodeFromName(name), "message"};
}

Outcome OutcomeOfAll(const std::vector<std::string>& names) {
  Findings findings;
  for (const std::string& name : names) findings.push_back(Of(name));
  return OutcomeOf(findings);
}

BOOST_AUTO_TEST_SUITE(finding)

BOOST_AUTO_TEST_CASE(each_code_has_one_name_and_each_name_one_code) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    const auto code = static_cast<Code>(static_cast<std::size_t>(kFirst) + i);
    const std::string name(CodeName(code));
    BOOST_TEST(seen.insert(name).second, name);
    BOOST_REQUIRE_MESSAGE(kCodes.contains(name), name);
    BOOST_TEST((CodeFromName(name) == code), name);
    BOOST_TEST((SeverityOf(code) == kCodes.at(name)), name);
  }
  BOOST_CHECK_THROW(CodeName(static_cast<Code>(kCodes.size())), std::exception);
}

BOOST_AUTO_TEST_CASE(what_is_not_the_name_of_a_code_is_none) {
  for (const char* name : {"", "TOKEN", "token_expired", "TOKEN_EXPIRED "}) {
    BOOST_TEST(!CodeFromName(name), name);
  }
}

BOOST_AUTO_TEST_CASE(a_finding_alone_comes_to_what_its_severity_says) {
  const std::map<Severity, Outcome> outcomes = {{Severity::kWarning, Outcome::kAllow},
                                                {Severity::kDeny, Outcome::kDeny},
                                                {Severity::kUsage, Outcome::kUsage},
                                                {Severity::kError, Outcome::kError}};
  for (const auto& [name, severity] : kCodes) {
    BOOST_TEST((OutcomeOfAll({name}) == outcomes.at(severity)), name);
    BOOST_TEST(Forbids(Of(name)) == (severity != Severity::kWarning), name);
  }
}

BOOST_AUTO_TEST_CASE(a_certain_denial_comes_before_usage_and_usage_before_an_error) {
  BOOST_TEST((OutcomeOfAll({}) == Outcome::kAllow));
  BOOST_TEST(
      (OutcomeOfAll({"KEYS_UNAVAILABLE", "CONFIG_INVALID", "FORK_DENIED"}) == Outcome::kDeny));
  BOOST_TEST((OutcomeOfAll({"KEYS_UNAVAILABLE", "CONFIG_INVALID"}) == Outcome::kUsage));
  BOOST_TEST((OutcomeOfAll({"KEYS_STALE", "KEYS_UNAVAILABLE"}) == Outcome::kError));
}

BOOST_AUTO_TEST_CASE(findings_as_warnings_forbid_nothing) {
  for (const auto& [name, severity] : kCodes) {
    const Findings warnings = AsWarnings({Of(name)});
    BOOST_TEST((OutcomeOf(warnings) == Outcome::kAllow), name);
    BOOST_TEST(!Forbids(warnings[0]), name);
  }
}

BOOST_AUTO_TEST_CASE(outcomes_have_the_names_and_exit_codes_that_are_documented) {
  BOOST_TEST(OutcomeName(Outcome::kAllow) == "allow");
  BOOST_TEST(OutcomeName(Outcome::kDeny) == "deny");
  BOOST_TEST(OutcomeName(Outcome::kUsage) == "usage");
  BOOST_TEST(OutcomeName(Outcome::kError) == "error");
  BOOST_TEST(ExitCodeOf(Outcome::kAllow) == 0);
  BOOST_TEST(ExitCodeOf(Outcome::kDeny) == 1);
  BOOST_TEST(ExitCodeOf(Outcome::kUsage) == 2);
  BOOST_TEST(ExitCodeOf(Outcome::kError) == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
