#include "verifier/policy/decision.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/json.h"

namespace jobwarden {
namespace {

NamedCondition Named(std::string name, const Value& description) {
  auto condition = Condition::Make(description);
  BOOST_REQUIRE(condition);
  return {std::move(name), *std::move(condition)};
}

// A rule that allows the job below: a protected deploy of the platform group.
Rule PlatformDeploys() {
  Rule rule;
  rule.name = "platform deploys";
  rule.issuer = "gitlab";
  rule.claims = {Named("project_path", "platform/**"), Named("ref_protected", true),
                 Named("ref", Array{"main", "release/*"})};
  rule.facts = {Named("image", "registry.example.com/**")};
  return rule;
}

// A deny rule that does not match the job below.
Rule NoSchedules() {
  Rule rule;
  rule.name = "no schedules";
  rule.claims = {Named("pipeline_source", "schedule")};
  return rule;
}

struct Question {
  Policy policy;
  Object claims{{"project_path", "platform/app"},
                {"ref_protected", "true"},
                {"ref", "main"},
                {"pipeline_source", "push"}};
  Object facts{{"image", "registry.example.com/build:1"}, {"fork", false}};
  std::vector<std::string> other_audiences;
  std::vector<std::string> disputed;
  std::string fork_unknown;
  std::string issuer = "gitlab";
  bool tokenless = false;
  Findings before;

  Question() {
    policy.allow = {PlatformDeploys()};
    policy.deny = {NoSchedules()};
  }

  Decision Ask() const {
    return Decide(policy,
                  {tokenless ? "" : issuer, tokenless ? nullptr : &claims, &facts, other_audiences,
                   disputed, fork_unknown},
                  before);
  }
};

std::string Codes(const Decision& decision) {
  std::string codes;
  for (const Finding& finding : decision.findings()) {
    if (!codes.empty()) codes += ' ';
    codes += CodeName(finding.code);
    if (finding.report_only) codes += "(report)";
  }
  return codes;
}

std::string Evidences(const Finding& finding) {
  std::string all;
  for (const Evidence& one : finding.evidence) {
    all += one.field + ' ' + one.expected + ' ' + one.got + '\n';
  }
  return all;
}

void CheckAllowed(const Decision& decision, std::string_view rule) {
  BOOST_TEST(OutcomeName(decision.outcome()) == "allow");
  BOOST_TEST(decision.rule() == rule);
  BOOST_TEST(Codes(decision) == "");
}

void CheckDenied(const Decision& decision, std::string_view codes) {
  BOOST_TEST(OutcomeName(decision.outcome()) == "deny");
  BOOST_TEST(decision.rule() == "");
  BOOST_TEST(Codes(decision) == codes);
}

BOOST_AUTO_TEST_SUITE(decision)

BOOST_AUTO_TEST_CASE(a_job_that_a_rule_allows_is_allowed) {
  CheckAllowed(Question().Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(a_policy_without_rules_denies) {
  Question question;
  question.policy = {};
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  BOOST_TEST(decision.findings()[0].message ==
             R"(no rule allows this job; no enforced allow rule is about issuer "gitlab")");
}

BOOST_AUTO_TEST_CASE(an_unmet_condition_is_named_with_expected_and_got) {
  Question question;
  question.claims.Set("ref", "feature/x");
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  BOOST_TEST(decision.findings()[0].message ==
             R"(no rule allows this job; nearest is "platform deploys": )"
             R"(ref expected ["main","release/*"], got "feature/x")");
  BOOST_TEST(Evidences(decision.findings()[0]) == "ref [\"main\",\"release/*\"] \"feature/x\"\n");
}

BOOST_AUTO_TEST_CASE(all_unmet_conditions_are_named_absent_ones_as_null) {
  Question question;
  question.claims.Set("ref_protected", "false");
  question.claims.Set("ref", nullptr);
  question.facts = {};
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  BOOST_TEST(Evidences(decision.findings()[0]) ==
             "ref_protected true \"false\"\n"
             "ref [\"main\",\"release/*\"] null\n"
             "facts.image \"registry.example.com/**\" null\n");
}

BOOST_AUTO_TEST_CASE(the_nearest_rule_has_the_fewest_unmet_conditions_and_stands_first) {
  Question question;
  question.claims.Set("ref", "feature/x");
  question.claims.Set("ref_protected", "false");
  Rule nearer = PlatformDeploys();
  nearer.name = "nearer";
  nearer.claims.pop_back();
  Rule as_near = nearer;
  as_near.name = "as near";
  question.policy.allow = {PlatformDeploys(), nearer, as_near};
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  BOOST_TEST(decision.findings()[0].message.find("nearest is \"nearer\": ref_protected") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_first_allow_rule_in_order_is_recorded) {
  Question question;
  Rule wide;
  wide.name = "wide";
  wide.claims = {Named("project_path", "**")};
  question.policy.allow = {NoSchedules(), wide, PlatformDeploys()};
  CheckAllowed(question.Ask(), "wide");
}

BOOST_AUTO_TEST_CASE(a_rule_of_another_issuer_does_not_allow) {
  Question question;
  question.issuer = "github";
  CheckDenied(question.Ask(), "NO_RULE_ALLOWS");
}

BOOST_AUTO_TEST_CASE(a_rule_without_issuer_allows_tokens_of_any) {
  Question question;
  question.issuer = "github";
  question.policy.allow[0].issuer = "";
  CheckAllowed(question.Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(a_deny_rule_beats_an_allow_rule) {
  Question question;
  question.claims.Set("pipeline_source", "schedule");
  const Decision decision = question.Ask();
  CheckDenied(decision, "RULE_DENIED");
  BOOST_TEST(decision.findings()[0].message ==
             R"(rule "no schedules" denies this job: pipeline_source is "schedule")");
  BOOST_TEST(Evidences(decision.findings()[0]) ==
             "pipeline_source {\"not\":\"schedule\"} \"schedule\"\n");
}

BOOST_AUTO_TEST_CASE(each_deny_rule_that_matches_is_named) {
  Question question;
  Rule no_images;
  no_images.name = "no images";
  no_images.facts = {Named("image", Value(Object{{"exists", true}}))};
  question.policy.deny.push_back(no_images);
  question.claims.Set("pipeline_source", "schedule");
  CheckDenied(question.Ask(), "RULE_DENIED RULE_DENIED");
}

BOOST_AUTO_TEST_CASE(a_deny_rule_needs_all_its_conditions) {
  Question question;
  question.policy.deny[0].facts = {Named("image", "docker.io/**")};
  question.claims.Set("pipeline_source", "schedule");
  CheckAllowed(question.Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(a_deny_rule_on_a_claim_that_the_token_lacks_does_not_match) {
  Question question;
  question.policy.deny[0].claims = {Named("environment", Value(Object{{"not", "staging"}}))};
  CheckAllowed(question.Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(a_deny_rule_of_another_issuer_does_not_match) {
  Question question;
  question.claims.Set("pipeline_source", "schedule");
  question.policy.deny[0].issuer = "github";
  CheckAllowed(question.Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(a_deny_rule_in_report_mode_is_said_and_changes_nothing) {
  Question question;
  question.claims.Set("pipeline_source", "schedule");
  question.policy.deny[0].report_only = true;
  const Decision decision = question.Ask();
  BOOST_TEST(OutcomeName(decision.outcome()) == "allow");
  BOOST_TEST(decision.rule() == "platform deploys");
  BOOST_TEST(Codes(decision) == "RULE_DENIED(report)");
}

BOOST_AUTO_TEST_CASE(an_allow_rule_in_report_mode_never_allows_and_is_named) {
  Question question;
  question.policy.allow[0].report_only = true;
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  BOOST_TEST(decision.findings()[0].hint.find(
                 R"(rule "platform deploys" would allow it, but is in report mode)") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_allow_rule_in_report_mode_that_does_not_match_is_not_named) {
  Question question;
  question.policy.allow[0].report_only = true;
  question.claims.Set("ref", "feature/x");
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  BOOST_TEST(decision.findings()[0].hint.find("platform deploys") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_fork_is_denied_whatever_the_rules_say) {
  Question question;
  question.facts.Set("fork", true);
  CheckDenied(question.Ask(), "FORK_DENIED");
}

BOOST_AUTO_TEST_CASE(a_fork_s_event_is_named) {
  Question question;
  question.facts.Set("fork", true);
  question.facts.Set("event", "merge_group");
  BOOST_TEST(question.Ask().findings()[0].message.ends_with(" (event \"merge_group\")"));
}

BOOST_AUTO_TEST_CASE(a_job_of_which_nobody_could_tell_is_refused_for_that) {
  Question question;
  question.fork_unknown = "event payload: not JSON";
  CheckAllowed(question.Ask(), "platform deploys");
  question.facts.Set("fork", true);
  const Decision decision = question.Ask();
  BOOST_TEST((decision.outcome() == Outcome::kError));
  BOOST_REQUIRE(decision.findings().size() == 1U);
  BOOST_TEST((decision.findings()[0].code == Code::kJobUnreadable));
  BOOST_TEST(decision.findings()[0].message.starts_with("event payload: not JSON: "));
  question.policy.fork = ForkAction::kAllow;
  CheckAllowed(question.Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(a_fork_fact_of_another_type_counts_as_a_fork) {
  for (const Value& fork : {Value("false"), Value(0), Value(nullptr)}) {
    Question question;
    question.facts.Set("fork", fork);
    CheckDenied(question.Ask(), "FORK_DENIED");
  }
}

BOOST_AUTO_TEST_CASE(forks_can_be_left_to_the_rules) {
  Question question;
  question.policy.fork = ForkAction::kAllow;
  question.facts.Set("fork", true);
  CheckAllowed(question.Ask(), "platform deploys");
  question.policy.deny[0].claims.clear();
  question.policy.deny[0].facts = {Named("fork", true)};
  CheckDenied(question.Ask(), "RULE_DENIED");
}

BOOST_AUTO_TEST_CASE(fork_deny_rules_and_missing_allow_are_all_listed) {
  Question question;
  question.facts.Set("fork", true);
  question.claims.Set("pipeline_source", "schedule");
  question.claims.Set("ref", "x");
  CheckDenied(question.Ask(), "FORK_DENIED RULE_DENIED NO_RULE_ALLOWS");
}

BOOST_AUTO_TEST_CASE(a_finding_before_forbids_an_allow_and_stays_in_front) {
  Question question;
  question.before = {{Code::kTokenExpired, "expired"}};
  CheckDenied(question.Ask(), "TOKEN_EXPIRED");
  question.claims.Set("ref", "feature/x");
  CheckDenied(question.Ask(), "TOKEN_EXPIRED NO_RULE_ALLOWS");
}

BOOST_AUTO_TEST_CASE(an_error_before_is_an_error_until_something_denies) {
  Question question;
  question.before = {{Code::kKeysUnavailable, "no keys"}};
  const Decision decision = question.Ask();
  BOOST_TEST(OutcomeName(decision.outcome()) == "error");
  BOOST_TEST(decision.rule() == "");
  question.claims.Set("ref", "feature/x");
  CheckDenied(question.Ask(), "KEYS_UNAVAILABLE NO_RULE_ALLOWS");
}

BOOST_AUTO_TEST_CASE(a_warning_before_changes_nothing) {
  Question question;
  question.before = {{Code::kLegacyToken, "legacy"}};
  const Decision decision = question.Ask();
  BOOST_TEST(OutcomeName(decision.outcome()) == "allow");
  BOOST_TEST(Codes(decision) == "LEGACY_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_rule_without_audiences_permits_any) {
  Question question;
  question.other_audiences = {"https://anywhere.example.com"};
  CheckAllowed(question.Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(every_other_audience_must_be_permitted) {
  Question question;
  question.policy.allow[0].audiences =
      Named("", Array{"https://vault.example.com", "https://*.internal"}).condition;
  question.other_audiences = {"https://vault.example.com", "https://a.internal"};
  CheckAllowed(question.Ask(), "platform deploys");

  question.other_audiences.emplace_back("https://aws.example.com");
  const Decision decision = question.Ask();
  CheckDenied(decision, "AUDIENCE_MISMATCH");
  BOOST_TEST(
      decision.findings()[0].message ==
      R"(rule "platform deploys" allows this job, but not its other id_tokens: aud expected )"
      R"(["https://vault.example.com","https://*.internal"], got )"
      R"(["https://aws.example.com"])");
  BOOST_TEST(Evidences(decision.findings()[0]) ==
             "aud [\"https://vault.example.com\",\"https://*.internal\"] "
             "[\"https://aws.example.com\"]\n");
}

BOOST_AUTO_TEST_CASE(a_rule_that_permits_no_other_audience_says_so_as_it_is_written) {
  Question question;
  question.policy.allow[0].audiences = Named("", Object{{"exists", false}}).condition;
  CheckAllowed(question.Ask(), "platform deploys");
  question.other_audiences = {"https://aws.example.com"};
  BOOST_TEST(question.Ask().findings()[0].message ==
             R"(rule "platform deploys" allows this job, but not its other id_tokens: aud )"
             R"(expected [], got ["https://aws.example.com"])");
}

BOOST_AUTO_TEST_CASE(a_later_rule_that_permits_the_audience_decides) {
  Question question;
  question.other_audiences = {"https://aws.example.com"};
  Rule strict = PlatformDeploys();
  strict.name = "strict";
  strict.audiences = Named("", "https://vault.example.com").condition;
  question.policy.allow = {strict, PlatformDeploys()};
  CheckAllowed(question.Ask(), "platform deploys");
}

BOOST_AUTO_TEST_CASE(a_job_without_a_token_is_denied_and_told_so) {
  Question question;
  question.tokenless = true;
  question.policy.deny.clear();
  const Decision decision = question.Ask();
  CheckDenied(decision, "TOKEN_MISSING");
  BOOST_TEST(decision.findings()[0].message ==
             "the job carries no id_token, and no rule allows it without one");
}

Rule Trusted() {
  Rule rule;
  rule.name = "trusted image";
  rule.tokenless = true;
  rule.facts = {Named("image", "registry.example.com/**")};
  return rule;
}

BOOST_AUTO_TEST_CASE(a_tokenless_rule_allows_on_facts_alone) {
  Question question;
  question.tokenless = true;
  question.policy.deny.clear();
  question.policy.allow.push_back(Trusted());
  CheckAllowed(question.Ask(), "trusted image");
}

BOOST_AUTO_TEST_CASE(a_tokenless_rule_allows_a_job_with_a_token_too) {
  Question question;
  question.policy.allow = {Trusted()};
  CheckAllowed(question.Ask(), "trusted image");
}

BOOST_AUTO_TEST_CASE(the_nearest_tokenless_rule_is_named) {
  Question question;
  question.tokenless = true;
  question.policy.deny.clear();
  question.policy.allow.push_back(Trusted());
  question.facts.Set("image", "docker.io/x");
  const Decision decision = question.Ask();
  CheckDenied(decision, "TOKEN_MISSING");
  BOOST_TEST(decision.findings()[0].message ==
             "the job carries no id_token, and no rule allows it without one; nearest is \"trusted "
             "image\": facts.image expected \"registry.example.com/**\", got \"docker.io/x\"");
}

BOOST_AUTO_TEST_CASE(a_rule_of_facts_alone_that_is_not_tokenless_needs_a_token) {
  Question question;
  question.tokenless = true;
  question.policy.deny.clear();
  question.policy.allow = {Trusted()};
  question.policy.allow[0].tokenless = false;
  CheckDenied(question.Ask(), "TOKEN_MISSING");
}

BOOST_AUTO_TEST_CASE(a_tokenless_rule_with_an_issuer_needs_its_token) {
  Question question;
  question.tokenless = true;
  question.policy.deny.clear();
  question.policy.allow = {Trusted()};
  question.policy.allow[0].issuer = "gitlab";
  CheckDenied(question.Ask(), "TOKEN_MISSING");
}

BOOST_AUTO_TEST_CASE(a_deny_rule_on_claims_matches_a_job_without_a_token) {
  Question question;
  question.tokenless = true;
  question.policy.allow.push_back(Trusted());
  question.policy.deny[0].issuer = "gitlab";
  const Decision decision = question.Ask();
  CheckDenied(decision, "RULE_DENIED");
  BOOST_TEST(
      decision.findings()[0].message ==
      "rule \"no schedules\" denies this job: it has no id_token whose claims could clear it");
}

BOOST_AUTO_TEST_CASE(facts_clear_a_job_without_a_token_of_a_deny_rule) {
  Question question;
  question.tokenless = true;
  question.policy.allow.push_back(Trusted());
  question.policy.deny[0].facts = {Named("image", "docker.io/**")};
  CheckAllowed(question.Ask(), "trusted image");
}

BOOST_AUTO_TEST_CASE(a_job_without_a_token_is_first_told_that_it_has_none) {
  Question question;
  question.tokenless = true;
  question.facts.Set("fork", true);
  CheckDenied(question.Ask(), "FORK_DENIED TOKEN_MISSING RULE_DENIED");
}

BOOST_AUTO_TEST_CASE(hostile_claims_are_shown_short_and_harmless) {
  Question question;
  const std::string jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln";
  question.claims.Set("ref", "x\n::add-mask::" + jwt + std::string(5000, 'a'));
  question.claims.Set("project_path", Array{Object{{"a", jwt}}, nullptr, Array{Array{"b"}},
                                            std::string(5000, 'c')});
  question.claims.Set("ref_protected", Object{{"true", true}});
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  const Finding& finding = decision.findings()[0];
  BOOST_TEST(finding.evidence.size() == 3U);
  BOOST_TEST(finding.message.size() < 2000U);
  for (const Evidence& one : finding.evidence) {
    BOOST_TEST(one.got.find('\n') == std::string::npos);
    BOOST_TEST(one.got.find("eyJ") == std::string::npos);
    const auto json = ParseJson(one.got, {.max_bytes = 4096}, Code::kClaimInvalid, "got");
    BOOST_TEST(static_cast<bool>(json), one.got);
  }
  BOOST_TEST(finding.message.find('\n') == std::string::npos);
  BOOST_TEST(finding.message.find("eyJ") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_long_condition_is_shown_short_and_stays_json) {
  Question question;
  Array refs;
  for (int i = 0; i < 100; ++i) refs.emplace_back("release/" + std::to_string(i));
  question.policy.allow[0].claims = {Named("ref", refs)};
  const Decision decision = question.Ask();
  CheckDenied(decision, "NO_RULE_ALLOWS");
  const std::string& expected = decision.findings()[0].evidence.at(0).expected;
  BOOST_TEST(expected.size() < 300U);
  BOOST_TEST(static_cast<bool>(
      ParseJson(expected, {.max_bytes = 4096}, Code::kConfigInvalid, "expected")));
}

BOOST_AUTO_TEST_CASE(a_refusal_has_the_outcome_of_its_findings) {
  BOOST_TEST(OutcomeName(Refuse({{Code::kSignatureInvalid, ""}}).outcome()) == "deny");
  BOOST_TEST(OutcomeName(Refuse({{Code::kKeysUnavailable, ""}}).outcome()) == "error");
}

BOOST_AUTO_TEST_CASE(a_refusal_without_a_reason_is_an_error_and_no_allow) {
  BOOST_TEST(OutcomeName(Refuse({}).outcome()) == "error");
  BOOST_TEST(OutcomeName(Refuse({{Code::kLegacyToken, ""}}).outcome()) == "error");
}

// A job can make it so, and must not clear itself by that.
BOOST_AUTO_TEST_CASE(a_disputed_fact_meets_a_deny_rule_and_no_allow_rule) {
  Question question;
  Rule schedules;
  schedules.name = "no schedules";
  for (const char* name : {"event", "/event"}) {
    schedules.facts = {Named(name, "schedule")};
    question.policy.deny = {schedules};
    question.disputed = {};
    BOOST_TEST(Codes(question.Ask()).empty());
    question.disputed = {"ref_protected"};
    BOOST_TEST(Codes(question.Ask()).empty());
    question.disputed = {"event"};
    BOOST_TEST(Codes(question.Ask()) == "RULE_DENIED");
  }
  question.policy.deny.clear();
  question.policy.allow.front().facts = {Named("event", "push")};
  BOOST_TEST(Codes(question.Ask()) == "NO_RULE_ALLOWS");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
