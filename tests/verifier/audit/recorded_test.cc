#include "verifier/audit/recorded.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/has.h"
#include "verifier/audit/token_request_line.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

Record OfGitLab() {
  Record record;
  record.provider = "gitlab";
  record.claims = Object{{"sub", "project_path:platform/app:ref_type:branch:ref:main"},
                         {"project_path", "platform/app"},
                         {"user_id", "42"},
                         {"user_login", "alice"},
                         {"user_email", "alice@example.com"},
                         {"user_access_level", "owner"},
                         {"user_identities", Array{Object{{"extern_uid", "alice-at-saml"}}}},
                         {"groups_direct", Array{"platform/alice"}},
                         {"user_shoe_size", 43},
                         {"ref", "main"}};
  record.facts = Object{{"ref", "main"}, {"user_id", "42"}};
  return record;
}

std::string Written(const Record& record, const AuditSettings& settings = {}) {
  return WriteRecord(ToBeRecorded(record, settings));
}

AuditSettings Claims(std::vector<std::string> claims) {
  AuditSettings settings;
  settings.claims = std::move(claims);
  return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded)

BOOST_AUTO_TEST_CASE(by_default_nothing_says_who_started_the_job) {
  const std::string line = Written(OfGitLab());
  for (const char* personal : {"42", "alice", "43"}) BOOST_TEST(Lacks(line, personal));
  BOOST_TEST(Has(line,
                 R"("claims":{"sub":"project_path:platform/app:ref_type:branch:ref:main",)"
                 R"("project_path":"platform/app","user_access_level":"owner","ref":"main"})"));
  BOOST_TEST(Has(line, R"("facts":{"ref":"main"})"));
}

BOOST_AUTO_TEST_CASE(a_record_names_what_was_left_out_of_it_and_is_read_back) {
  const std::string line = Written(OfGitLab());
  const auto read = ReadRecord(line, Code::kAuditFailed, "line");
  BOOST_REQUIRE(read);
  const std::vector<std::string> names{"facts.user_id", "groups_direct",   "user_email",
                                       "user_id",       "user_identities", "user_login",
                                       "user_shoe_size"};
  BOOST_TEST(read->unrecorded == names, boost::test_tools::per_element());
  BOOST_TEST(WriteRecord(*read) == line);
}

BOOST_AUTO_TEST_CASE(the_actor_of_github_is_left_out_also_where_the_sub_is_made_of_it) {
  Record record;
  record.claims = Object{{"sub", "repo:shop/app:actor:octocat"},
                         {"actor", "octocat"},
                         {"actor_id", "583231"},
                         {"repository", "shop/app"}};
  record.facts = Object{{"actor", "octocat"}};
  const std::string line = Written(record);
  BOOST_TEST(Lacks(line, "octocat"));
  BOOST_TEST(Lacks(line, "583231"));
  BOOST_TEST(Has(
      Written(record, Claims({"sub", "actor"})),
      R"("claims":{"sub":"repo:shop/app:actor:octocat","actor":"octocat"},"facts":{"actor":"octocat"})"));
  record.claims.Set("sub", "repo:shop/app:ref:refs/heads/main");
  BOOST_TEST(Has(Written(record), R"({"sub":"repo:shop/app:ref:refs/heads/main","repository")"));
}

BOOST_AUTO_TEST_CASE(of_a_login_token_nothing_about_the_person_is_recorded) {
  Record record;
  record.claims = Object{{"iss", "https://gitlab.example.com"},
                         {"sub", "42"},
                         {"email", "alice@example.com"},
                         {"name", "alice"},
                         {"https://gitlab.org/claims/groups/owner", Array{"alice"}}};
  const std::string line = Written(record);
  BOOST_TEST(Lacks(line, "alice"));
  BOOST_TEST(Lacks(line, "42"));
  BOOST_TEST(Has(line, R"("claims":{"iss":"https://gitlab.example.com"})"));
}

BOOST_AUTO_TEST_CASE(
    the_list_says_which_claims_are_recorded_and_a_pattern_reaches_no_personal_one) {
  BOOST_TEST(Has(Written(OfGitLab(), Claims({"ref", "user_login"})),
                 R"("claims":{"user_login":"alice","ref":"main"})"));
  BOOST_TEST(Has(Written(OfGitLab(), Claims({})), R"("claims":{})"));
  BOOST_TEST(Lacks(Written(OfGitLab(), Claims({"*", "user_*"})), "alice"));
  BOOST_TEST(
      Has(Written(OfGitLab(), Claims({"user_id"})), R"("facts":{"ref":"main","user_id":"42"})"));
  Record record;
  record.claims = Object{{"brand_new", "x"}};
  BOOST_TEST(Lacks(Written(record), "\"x\""));
  BOOST_TEST(Has(Written(record, Claims({"*"})), R"("claims":{"brand_new":"x"})"));
}

BOOST_AUTO_TEST_CASE(findings_do_not_quote_what_is_not_recorded) {
  Record record = OfGitLab();
  record.findings = {
      {Code::kNoRuleAllows,
       "no rule allows this job; nearest is \"x\": user_login expected \"bob\", got \"alice\"; "
       "facts.user_id expected 7, got \"42\"; ref expected \"v1\", got \"main\"",
       "",
       {{"user_login", "\"bob\"", "\"alice\""},
        {"facts.user_id", "7", "\"42\""},
        {"ref", "\"v1\"", "\"main\""}}},
      {Code::kRuleDenied,
       "rule \"r\" denies this job: /user_identities/0/extern_uid is \"alice-at-saml\"; ref is "
       "\"main\"",
       "",
       {{"/user_identities/0/extern_uid", R"({"not":"alice-at-saml"})", "\"alice-at-saml\""},
        {"ref", R"({"not":"main"})", "\"main\""}}},
      {Code::kJobMismatch,
       "A: user_id: expected \"42\", got 42",
       "",
       {{"user_id", "\"42\"", "42"}}},
      {Code::kJobMismatch,
       "the user alice: \"alice\"!",
       "",
       {{"user_login", "null", "\"alice\""}}}};
  const Record shown = ToBeRecorded(record, {});
  BOOST_TEST(shown.findings[0].message ==
             "no rule allows this job; nearest is \"x\": user_login expected (not recorded), got "
             "(not recorded); facts.user_id expected (not recorded), got (not recorded); ref "
             "expected \"v1\", got \"main\"");
  BOOST_TEST(shown.findings[0].evidence.size() == 1U);
  BOOST_TEST(shown.findings[1].message ==
             "rule \"r\" denies this job: /user_identities/0/extern_uid is (not recorded); ref is "
             "\"main\"");
  BOOST_TEST(shown.findings[2].message ==
             "A: user_id: expected (not recorded), got (not recorded)");
  BOOST_TEST(shown.findings[3].message == "it quotes user_login, which is not recorded");
  for (const char* personal : {"42", "alice", "bob"})
    BOOST_TEST(Lacks(WriteRecord(shown), personal));
  BOOST_TEST(Has(Written(record, Claims({"user_login", "user_id"})), "got \\\"alice\\\""));
}

BOOST_AUTO_TEST_CASE(a_value_that_another_one_begins_with_stays_whole) {
  Record record;
  record.findings = {{Code::kJobMismatch,
                      "user_id expected 4, got 1; run_number expected 45, got 17",
                      "",
                      {{"user_id", "4", "1"}}}};
  BOOST_TEST(ToBeRecorded(record, {}).findings[0].message ==
             "user_id expected (not recorded), got (not recorded); run_number expected 45, got 17");
}

BOOST_AUTO_TEST_CASE(what_is_about_no_claim_stays) {
  Record record;
  record.findings = {
      {Code::kForkDenied, "fork: expected false, got true", "", {{"fork", "false", "true"}}},
      {Code::kNoRuleAllows, "x", "", {{"project_pth", "\"a\"", "null"}}}};
  const Record shown = ToBeRecorded(record, {});
  BOOST_TEST(shown.findings[0].evidence.size() == 1U);
  BOOST_TEST(shown.findings[1].evidence.size() == 1U);
  BOOST_TEST(ToBeRecorded(record, Claims({"ref"})).findings[0].evidence.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
