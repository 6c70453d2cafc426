// What `policy explain` says of a job.

#include "verifier/review/explain.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/review/explain_report.h"
#include "verifier/review/recorded_job.h"

namespace jobwarden {
namespace {

const Config& Rules() {
  static const Config kConfig = [] {
    ConfigReading reading = ReadConfig({{"c.toml", R"(version = 1
[[issuer]]
name = "gitlab"
provider = "gitlab"
url = "https://gitlab.example.com"
audience = "runner"
[[allow]]
name = "far"
claims = { project_path = "a", ref = "b", sha = "c" }
[[allow]]
name = "deploys"
claims = { project_path = "platform/**", ref = ["main", "release/*"] }
audiences = ["vault"]
[[allow]]
name = "alice"
claims = { project_path = "platform/**", user_login = "alice" }
[[deny]]
name = "no schedules"
claims = { pipeline_source = "schedule" }
[[exposure.rule]]
variable = "VAULT_*"
action = "keep"
)"}});
    BOOST_REQUIRE(reading.problems.empty());
    return std::move(reading.config);
  }();
  return kConfig;
}

JobToExplain Asked(Object claims, std::vector<std::string> audiences = {}) {
  JobToExplain asked;
  auto job = MakeUnsignedJob({{}, "", std::move(claims), {}, std::move(audiences)}, Rules());
  BOOST_REQUIRE(job);
  asked.job = *std::move(job);
  return asked;
}

Object Claims(const std::string& ref, const std::string& source = "push") {
  return {{"project_path", "platform/app"}, {"ref", ref}, {"pipeline_source", source}};
}

std::string Order(const Explanation& explanation) {
  std::vector<std::string> names;
  for (const RuleTrace& trace : explanation.rules) names.push_back(trace.rule->name);
  return Join(names, ", ");
}

Record Recorded() {
  Record record;
  record.id = "7k3m9qxa2b4c5d6e";
  record.outcome = Outcome::kDeny;
  record.provider = "gitlab";
  record.issuer = "gitlab";
  record.claims = Claims("try");
  record.token = Record::TokenFacts{"ab", "", "k", "RS256", 0};
  record.tokens = {{"id_token", "ab", {"JOBWARDEN_ID_TOKEN"}, {"runner"}},
                   {"id_token", "cd", {"VAULT_ID_TOKEN"}, {"vault"}},
                   {"secret", "", {"DB"}}};
  record.exposure = {
      {"JOBWARDEN_ID_TOKEN"}, {"DB"}, {"VAULT_ID_TOKEN"}, {{"VAULT_ID_TOKEN", "a rule"}}};
  record.unrecorded = {"user_login"};
  record.policy_sha256 = Rules().policy_sha256;
  record.findings = {{Code::kNoRuleAllows, "no rule"}};
  record.job_id = "302";
  record.job_project = "platform/app";
  return record;
}

Explanation OfRecord(Record record) {
  JobToExplain asked;
  asked.proof = Proof::kRecorded;
  auto job = RecordedJob(record, Rules());
  if (job) {
    asked.job = *std::move(job);
  } else {
    asked.before = job.findings();
  }
  asked.record = std::move(record);
  return Explain(std::move(asked), Rules());
}

bool Has(const std::string& text, const std::string& piece) {
  const bool has = Contains(text, piece);
  if (!has) BOOST_TEST_MESSAGE("not in:\n" << text);
  return has;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(explain)

BOOST_AUTO_TEST_CASE(rules_that_apply_come_first_then_the_nearest_allow_rules) {
  BOOST_TEST(Order(Explain(Asked(Claims("try")), Rules())) == "deploys, alice, far, no schedules");
  BOOST_TEST(Order(Explain(Asked(Claims("main")), Rules())) == "deploys, alice, far, no schedules");
  BOOST_TEST(Order(Explain(Asked(Claims("main", "schedule")), Rules())) ==
             "no schedules, deploys, alice, far");
}

BOOST_AUTO_TEST_CASE(the_outcome_is_that_of_the_functions_that_decide) {
  const Explanation allowed = Explain(Asked(Claims("main"), {"vault"}), Rules());
  BOOST_TEST((allowed.outcome == Outcome::kAllow));
  BOOST_TEST(allowed.rule == "deploys");
  const Explanation other = Explain(Asked(Claims("main"), {"elsewhere"}), Rules());
  BOOST_TEST((other.outcome == Outcome::kDeny));
  BOOST_TEST(CodeName(other.findings.front().code) == "AUDIENCE_MISMATCH");
}

BOOST_AUTO_TEST_CASE(each_condition_has_its_place_expected_and_got) {
  const std::string text =
      ExplanationText(Explain(Asked(Claims("try"), {"elsewhere"}), Rules()), Rules());
  BOOST_TEST(Has(text,
                 "denied (claims and facts are as they were given: nobody has signed them)\n"
                 "  NO_RULE_ALLOWS: no rule allows this job; nearest is \"deploys\": "));
  BOOST_TEST(Has(
      text,
      "allow rule \"deploys\": does not apply, 2 unmet (c.toml:10:1)\n"
      "  met      claims.project_path: expected \"platform/**\", got \"platform/app\" "
      "(c.toml:12:12)\n"
      "  not met  claims.ref: expected [\"main\",\"release/*\"], got \"try\" (c.toml:12:42)\n"
      "  not met  audiences of the other id_tokens: expected [\"vault\"], got \"elsewhere\"\n"));
  BOOST_TEST(Has(text, "deny rule \"no schedules\": does not apply, 1 unmet (c.toml:17:1)\n"));
  BOOST_TEST(Has(text,
                 "issuer \"gitlab\": url \"https://gitlab.example.com\", audience \"runner\", "
                 "algorithms RS256, leeway 30s, max_lifetime 1d, keys by discovery\n"));
}

BOOST_AUTO_TEST_CASE(of_a_job_without_a_token_a_deny_rule_is_in_doubt) {
  JobToExplain asked;
  auto job = MakeUnsignedJob({}, Rules());
  BOOST_REQUIRE(job);
  asked.job = *std::move(job);
  const std::string text = ExplanationText(Explain(std::move(asked), Rules()), Rules());
  BOOST_TEST(Has(text, "deny rule \"no schedules\": applies"));
  BOOST_TEST(Has(text, "  in doubt claims.pipeline_source: expected \"schedule\", got null"));
  BOOST_TEST(Has(text, "  not met  the job has no id_token, and the rule is not tokenless\n"));
}

BOOST_AUTO_TEST_CASE(a_recorded_decision_is_said_as_it_was_and_as_it_is_now) {
  const Explanation explanation = OfRecord(Recorded());
  BOOST_TEST(!explanation.other_policy);
  BOOST_TEST(explanation.asked.job->other_audiences == std::vector<std::string>{"vault"},
             boost::test_tools::per_element());
  const std::string text = ExplanationText(explanation, Rules());
  BOOST_TEST(Has(text,
                 "decision 7k3m9qxa2b4c5d6e, 1970-01-01T00:00:00Z: job 302 of "
                 "\"platform/app\", denied\n  NO_RULE_ALLOWS: no rule\n\n"));
  BOOST_TEST(Has(text, "denied (claims and facts are those of the audit line)\n"));
  BOOST_TEST(Has(text,
                 "  VAULT_ID_TOKEN: exposure.rule, action = \"keep\" (c.toml:20:1); kept: a "
                 "rule\n"));
  BOOST_TEST(Has(text, "  DB: no exposure.rule fits: secrets = \"mask\"; masked\n"));
  BOOST_TEST(!Contains(text, "policy is not the one"));
}

BOOST_AUTO_TEST_CASE(another_policy_than_the_one_that_decided_is_said) {
  Record record = Recorded();
  record.policy_sha256 = "ab12";
  const Explanation explanation = OfRecord(std::move(record));
  BOOST_TEST(explanation.other_policy);
  BOOST_TEST(Has(ExplanationText(explanation, Rules()),
                 "note: this policy is not the one that decided (policy_sha256 \"ab12\")"));
  BOOST_TEST(Has(ExplanationJson(explanation, Rules()), R"("same_policy":false)"));
}

BOOST_AUTO_TEST_CASE(a_condition_on_what_is_not_recorded_is_unknown_and_the_outcome_uncertain) {
  const Explanation explanation = OfRecord(Recorded());
  BOOST_TEST(explanation.uncertain());
  const std::string text = ExplanationText(explanation, Rules());
  BOOST_TEST(Has(text, "note: a rule asks for what the audit line leaves out (audit.claims)"));
  BOOST_TEST(Has(text,
                 "  unknown  claims.user_login: expected \"alice\", got what the audit line "
                 "leaves out (c.toml:16:42)\n"));
  const std::string json = ExplanationJson(explanation, Rules());
  BOOST_TEST(Has(json, R"("certain":false)"));
  BOOST_TEST(Has(json, R"("name":"claims.user_login","expected":"alice","got":null,"met":null)"));
  Record whole = Recorded();
  whole.unrecorded.clear();
  BOOST_TEST(!OfRecord(std::move(whole)).uncertain());
  Record far = Recorded();
  far.claims.Set("project_path", "elsewhere/app");  // no rule can be decided by user_login alone
  BOOST_TEST(!OfRecord(std::move(far)).uncertain());
}

BOOST_AUTO_TEST_CASE(rules_are_not_asked_about_tokens_that_could_not_be_verified) {
  Record record = Recorded();
  record.token.reset();
  const Explanation explanation = OfRecord(std::move(record));
  BOOST_TEST(explanation.rules.empty());
  BOOST_TEST((explanation.outcome == Outcome::kDeny));
  BOOST_TEST(Has(ExplanationText(explanation, Rules()),
                 "TOKEN_MISSING: the rules were not asked, because no token"));
}

BOOST_AUTO_TEST_CASE(the_json_is_one_line_that_reads_back) {
  const std::string json = ExplanationJson(OfRecord(Recorded()), Rules());
  BOOST_TEST(json.find('\n') == json.npos);
  const auto value =
      ParseJson(json, {.max_bytes = 1 << 20, .max_depth = 24}, Code::kConfigInvalid, "json");
  BOOST_REQUIRE(value);
  BOOST_TEST(*value->Find("proof")->AsString() == "recorded");
  BOOST_TEST(*value->Find("record")->Find("id")->AsString() == "7k3m9qxa2b4c5d6e");
  BOOST_TEST(value->Find("rules")->AsArray()->size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace jobwarden
