#include "verifier/review/replay.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "verifier/review/replay_matrix.h"

namespace jobwarden {
namespace {

Config Parse(const std::string& rules, const std::string& provider = "gitlab") {
  auto config = ParseConfig(
      {{"c.toml", "version = 1\n" + rules + "[[issuer]]\nname = \"ci\"\nprovider = \"" + provider +
                      "\"\nurl = \"https://ci.example.com\"\naudience = \"runner\"\n"}});
  BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.findings().front().message));
  return *std::move(config);
}

// A rule, and its table written in one line each so that it can stand before the issuer.
std::string Rules(const std::string& allow, const std::string& deny = "") {
  return "allow = [{ name = \"a\", " + allow + " }]\n" +
         (deny.empty() ? "" : "deny = [{ name = \"d\", " + deny + " }]\n");
}

Record MakeRecord() {
  Record record;
  record.outcome = Outcome::kAllow;
  record.provider = "gitlab";
  record.issuer = "ci";
  record.rule = "a";
  record.claims = {{"iss", "https://ci.example.com"}, {"aud", "runner"}, {"ref", "main"}};
  record.facts = {{"fork", false},
                  {"event", "push"},
                  {"ref", "main"},
                  {"ref_protected", true},
                  {"services", Array()}};
  record.token.emplace().sha256 = "t";
  record.tokens.push_back({"id_token", "t", {"T"}, {"runner"}, {}});
  return record;
}

std::string Again(const Record& record, const Config& config) {
  Replayer replayer(config);
  const Replayed now = replayer.Decide(record);
  return now.outcome + ": " + now.by;
}

BOOST_AUTO_TEST_SUITE(replay)

BOOST_AUTO_TEST_CASE(a_record_is_decided_by_the_rules_of_today) {
  BOOST_TEST(Again(MakeRecord(), Parse(Rules("claims.ref = \"main\""))) == "allow: a");
  BOOST_TEST(Again(MakeRecord(), Parse(Rules("claims.ref = \"v*\""))) == "deny: NO_RULE_ALLOWS");
  BOOST_TEST(Again(MakeRecord(), Parse(Rules("claims.ref = \"main\"", "facts.event = \"push\""))) ==
             "deny: RULE_DENIED");
}

BOOST_AUTO_TEST_CASE(what_was_wrong_with_the_token_stays_wrong_and_what_the_rules_said_does_not) {
  Record record = MakeRecord();
  record.outcome = Outcome::kDeny;
  record.findings = {{Code::kNoRuleAllows, "x"}};
  const Config config = Parse(Rules("claims.ref = \"main\""));
  BOOST_TEST(Again(record, config) == "allow: a");
  record.findings.push_back({Code::kTokenExpired, "x"});
  BOOST_TEST(Again(record, config) == "deny: TOKEN_EXPIRED");
  record.token.reset();
  record.outcome = Outcome::kError;
  record.findings = {{Code::kKeysUnavailable, "x"}};
  BOOST_TEST(Again(record, config) == "error: KEYS_UNAVAILABLE");
}

BOOST_AUTO_TEST_CASE(a_claim_that_was_left_out_is_not_guessed) {
  Record record = MakeRecord();
  record.unrecorded = {"user_login"};
  const std::string undecided =
      "cannot be decided: the record lacks a claim, or a fact, that a rule needs";
  BOOST_TEST(Again(record, Parse(Rules("claims.user_login = \"ann\""))) == undecided);
  BOOST_TEST(
      Again(record, Parse(Rules("claims = { user_login = { not = \"ann\" }, ref = \"x\" }"))) ==
      "deny: NO_RULE_ALLOWS");
  BOOST_TEST(Again(record, Parse(Rules("claims.ref = \"main\"", "claims.user_login = \"ann\""))) ==
             undecided);
  BOOST_TEST(Again(record, Parse(Rules("claims.ref = \"main\""))) == "allow: a");
}

BOOST_AUTO_TEST_CASE(an_absent_fact_may_have_been_disputed) {
  BOOST_TEST(Again(MakeRecord(), Parse(Rules("claims.ref = \"main\"", "facts.image = \"x\""))) ==
             "cannot be decided: the record lacks a claim, or a fact, that a rule needs");
}

BOOST_AUTO_TEST_CASE(a_token_of_no_configured_issuer_cannot_be_decided_about) {
  Record record = MakeRecord();
  record.claims.Set("iss", "https://old.example.com");
  BOOST_TEST(Again(record, Parse(Rules("claims.ref = \"main\""))) ==
             "cannot be decided: the token's issuer is not configured");
}

BOOST_AUTO_TEST_CASE(the_matrix_adds_up_across_threads) {
  ReplayMatrix one;
  ReplayMatrix two;
  one.Add({"deny", "X"}, {"allow", "a"}, {"", "2", "p", "f", 2});
  two.Add({"deny", "X"}, {"allow", "a"}, {"", "1", "p", "f", 1});
  two.Add({"allow", "a"}, {"allow", "a"}, {"", "3", "p", "f", 3});
  one.Add(std::move(two));
  BOOST_TEST(one.total() == 3U);
  BOOST_TEST(one.newly_allowed() == 2U);
  BOOST_TEST(one.Text().find("for example job \"1\" of \"p\" (f:1)") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
