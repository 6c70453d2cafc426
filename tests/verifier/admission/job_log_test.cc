#include "verifier/admission/job_log.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

namespace jobwarden {
namespace {

Finding Reason(Code code, std::string message = "field: expected \"a\", got \"b\"",
               std::string hint = "change it") {
  return {code, std::move(message), std::move(hint)};
}

Config Settings() {
  Config config;
  config.help = "ask #ci-platform";
  config.audit.file = "/var/log/jobwarden/audit.jsonl";
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = issuer.server_url = "https://gitlab.example.com";
  issuer.audiences = {"https://ci-runners.example.com"};
  config.issuers.push_back(issuer);
  return config;
}

Record Denied(Findings findings) {
  Record record;
  record.provider = "gitlab";
  record.outcome = Outcome::kDeny;
  record.findings = std::move(findings);
  return record;
}

Record Allowed() {
  Record record;
  record.outcome = Outcome::kAllow;
  record.rule = "platform deploys";
  record.tokens = {{"id_token", "aa", {"A", "A_ALIAS"}},
                   {"id_token", "bb", {"B"}},
                   {"id_token", "cc", {"JOBWARDEN_ID_TOKEN"}}};
  record.token = Record::TokenFacts{"cc", "", "", "RS256", 0};
  return record;
}

std::string Text(const Record& record, const Config& config = Settings()) {
  return DecisionText(record, config, std::nullopt);
}

std::size_t Lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

BOOST_AUTO_TEST_SUITE(job_log)

BOOST_AUTO_TEST_CASE(an_allowed_job_is_told_the_rule) {
  BOOST_TEST(Text(Allowed()) == "jobwarden: allowed by rule \"platform deploys\"\n");
}

BOOST_AUTO_TEST_CASE(a_denied_job_is_told_each_reason_what_to_change_and_whom_to_ask) {
  BOOST_TEST(Text(Denied({Reason(Code::kTokenExpired), Reason(Code::kRuleDenied, "rule \"x\"")})) ==
             "jobwarden: denied, 2 reasons:\n"
             "jobwarden: TOKEN_EXPIRED: field: expected \"a\", got \"b\"\n"
             "  hint: change it\n"
             "jobwarden: RULE_DENIED: rule \"x\"\n"
             "  hint: change it\n"
             "jobwarden: ask #ci-platform\n");
}

BOOST_AUTO_TEST_CASE(
    the_id_of_the_decision_is_in_the_last_line_of_a_denial_and_in_the_first_of_an_allow) {
  Record denied = Denied({Reason(Code::kTokenExpired)});
  denied.id = "7k3m9qxa2b4c5d6e";
  BOOST_TEST(Text(denied).ends_with("jobwarden: ask #ci-platform (decision 7k3m9qxa2b4c5d6e)\n"));
  Config config = Settings();
  config.help = "";
  BOOST_TEST(DecisionText(denied, config, std::nullopt)
                 .ends_with("\njobwarden: decision 7k3m9qxa2b4c5d6e\n"));
  Record allowed = Allowed();
  allowed.id = denied.id;
  BOOST_TEST(Text(allowed) ==
             "jobwarden: allowed by rule \"platform deploys\" (decision 7k3m9qxa2b4c5d6e)\n");
}

BOOST_AUTO_TEST_CASE(a_job_without_a_token_is_shown_what_to_paste) {
  BOOST_TEST(Text(Denied({Reason(Code::kTokenMissing, "no token")})) ==
             "jobwarden: denied, 1 reason:\n"
             "jobwarden: TOKEN_MISSING: no token\n"
             "jobwarden: give the job this token in .gitlab-ci.yml:\n"
             "  id_tokens:\n"
             "    JOBWARDEN_ID_TOKEN:\n"
             "      aud: \"https://ci-runners.example.com\"\n"
             "jobwarden: ask #ci-platform\n");
}

BOOST_AUTO_TEST_CASE(the_audience_to_paste_is_that_of_the_jobs_own_server) {
  Config config = Settings();
  Issuer github = config.issuers[0];
  github.provider = Provider::kGitHub;
  github.audiences = {"github"};
  Issuer other = config.issuers[0];
  other.server_url = "https://other.example.com";
  other.audiences = {"other"};
  config.issuers = {github, config.issuers[0], other};
  const Record record = Denied({Reason(Code::kTokenMissing)});
  BOOST_TEST(DecisionText(record, config, "https://other.example.com").find("aud: \"other\"") !=
             std::string::npos);
  BOOST_TEST(DecisionText(record, config, std::nullopt).find("aud: \"https://ci-runners") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(fifty_findings_are_ten_lines) {
  Findings findings(50, Reason(Code::kJobMismatch));
  findings.push_back(Reason(Code::kTokenMissing));
  const std::string text = Text(Denied(findings));
  BOOST_TEST(Lines(text) == kMaxLogLines);
  BOOST_TEST(text.find("jobwarden: denied, 51 reasons:\n") == 0U);
  BOOST_TEST(text.find("jobwarden: and 48 more, see the runner's audit log\n") !=
             std::string::npos);
  BOOST_TEST(text.ends_with("jobwarden: ask #ci-platform\n"));
}

BOOST_AUTO_TEST_CASE(every_reason_comes_before_any_hint_when_there_is_little_room) {
  const std::string text = Text(Denied(Findings(8, Reason(Code::kJobMismatch))));
  BOOST_TEST(Lines(text) == kMaxLogLines);
  BOOST_TEST(text.find("hint:") == std::string::npos);
  BOOST_TEST(text.find("more") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_forbids_comes_before_what_is_only_said) {
  Finding tried = Reason(Code::kRuleDenied, "tried");
  tried.report_only = true;
  const std::string text =
      Text(Denied({Reason(Code::kLegacyToken, "old"), tried, Reason(Code::kForkDenied, "fork")}));
  BOOST_TEST(text.find("denied, 1 reason:\njobwarden: FORK_DENIED: fork\n") != std::string::npos);
  BOOST_TEST(text.find("jobwarden: warning: LEGACY_TOKEN: old\n") != std::string::npos);
  BOOST_TEST(text.find("jobwarden: warning: RULE_DENIED: tried\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tokens_that_were_taken_out_are_one_line_with_the_way_to_keep_one) {
  Record record = Allowed();
  record.exposure.stripped = {"JOBWARDEN_ID_TOKEN", "A", "A_ALIAS", "B"};
  BOOST_TEST(
      Text(record) ==
      "jobwarden: allowed by rule \"platform deploys\"\n"
      "jobwarden: took out 3 tokens (4 variables) that no command names: "
      "JOBWARDEN_ID_TOKEN, A, A_ALIAS, B (keep one with the variable JOBWARDEN_KEEP: \"A\")\n");
}

BOOST_AUTO_TEST_CASE(the_name_to_keep_is_one_that_a_person_chose) {
  Record record = Allowed();
  record.tokens.push_back({"job_token", "dd", {"CI_BUILD_TOKEN", "CI_JOB_TOKEN", "DEPLOY_TOKEN"}});
  const auto offers = [&](std::vector<std::string> stripped, const std::string& name) {
    record.exposure.stripped = std::move(stripped);
    return Text(record).ends_with("JOBWARDEN_KEEP: \"" + name + "\")\n");
  };
  BOOST_TEST(offers({"CI_BUILD_TOKEN", "CI_JOB_TOKEN", "DEPLOY_TOKEN"}, "DEPLOY_TOKEN"));
  BOOST_TEST(offers({"CI_BUILD_TOKEN", "CI_JOB_TOKEN", "JOBWARDEN_ID_TOKEN"}, "CI_JOB_TOKEN"));
  BOOST_TEST(offers({"CI_JOB_JWT", "CI_JOB_TOKEN"}, "CI_JOB_TOKEN"));
  BOOST_TEST(offers({"CI_JOB_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS", "B"}, "B"));
  BOOST_TEST(offers({"CI_REGISTRY_PASSWORD"}, "CI_REGISTRY_PASSWORD"));
}

BOOST_AUTO_TEST_CASE(what_files_may_keep_is_not_said_to_be_out) {
  Record record = Allowed();
  record.exposure.stripped = {"B"};
  record.exposure.why = {{"B", std::string(Record::Exposure::kUnlessAFileNamesIt)}};
  Config config = Settings();
  const std::string promise =
      "takes out 1 token that no command names, unless a file of the checkout does: B (keep one "
      "with the variable JOBWARDEN_KEEP: \"B\")\n";
  BOOST_TEST(Text(record, config).ends_with("jobwarden: " + promise));
  config.exposure.report_only = true;
  BOOST_TEST(Text(record, config).ends_with("jobwarden: would take" + promise.substr(5)));
}

BOOST_AUTO_TEST_CASE(the_runners_own_token_is_not_offered_to_be_kept) {
  Record record = Allowed();
  record.exposure.stripped = {"JOBWARDEN_ID_TOKEN"};
  BOOST_TEST(Text(record).ends_with(
      "jobwarden: took out 1 token that no command names: JOBWARDEN_ID_TOKEN\n"));
}

BOOST_AUTO_TEST_CASE(keeping_is_not_offered_where_it_is_not_allowed) {
  Config config = Settings();
  config.exposure.job_may_keep = false;
  Record record = Allowed();
  record.exposure.stripped = {"B"};
  BOOST_TEST(Text(record, config).find("JOBWARDEN_KEEP") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(many_names_are_cut_and_odd_ones_quoted) {
  Record record = Allowed();
  for (int i = 0; i < 20; ++i) {
    record.exposure.stripped.push_back("odd\n" + std::to_string(i));
  }
  const std::string text = Text(record);
  BOOST_TEST(Lines(text) == 2U);
  BOOST_TEST(text.find("\"odd\\n11\" and 8 more") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(report_mode_says_what_it_would_have_done) {
  Record record = Denied({Reason(Code::kForkDenied, "fork")});
  record.enforced = false;
  record.exposure.stripped = {"B"};
  const std::string text = Text(record);
  BOOST_TEST(text.find("jobwarden: report mode: would be denied, 1 reason:\n") == 0U);
  BOOST_TEST(text.find("jobwarden: would take out") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_job_that_could_not_be_checked_is_not_called_denied) {
  Record record = Denied({Reason(Code::kKeysUnavailable, "no keys")});
  record.outcome = Outcome::kError;
  BOOST_TEST(
      Text(record).find("jobwarden: not allowed, because it could not be checked, 1 reason:\n"
                        "jobwarden: KEYS_UNAVAILABLE: no keys\n") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
