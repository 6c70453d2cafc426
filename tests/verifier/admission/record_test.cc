#include "verifier/admission/record.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

Record Denied() {
  Record record;
  record.id = "7k3m9qxa2b4c5d6e";
  record.time = std::chrono::sys_seconds(std::chrono::seconds(1795341600));
  record.outcome = Outcome::kDeny;
  record.mode = "enforce";
  record.bound = true;
  record.provider = "gitlab";
  record.issuer = "gitlab";
  record.findings = {{Code::kNoRuleAllows,
                      "no rule allows this job",
                      "ask",
                      {{"ref_protected", "true", "\"false\""}}},
                     {Code::kRuleDenied, "rule", "", {}, true}};
  record.claims = Object{{"project_path", "platform/app"}, {"runner_id", 12}};
  record.facts = Object{{"fork", false}};
  record.token = Record::TokenFacts{"ab12", "jti-1", "key-1", "RS256", 1795341600};
  record.tokens = {
      {"id_token", "ab12", {"JOBWARDEN_ID_TOKEN", "ALIAS"}, {"us"}, {"variables", "secrets.A"}},
      {"secret", "", {"A"}, {}, {"variables"}}};
  record.exposure = {
      {"VAULT_ID_TOKEN"}, {"A"}, {"CI_JOB_TOKEN"}, {{"CI_JOB_TOKEN", "a command names it"}}};
  record.job_id = "302";
  record.job_project = "platform/app";
  record.policy_sha256 = "cd34";
  record.duration = std::chrono::microseconds(812);
  return record;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

bool Reads(const std::string& line) {
  const auto record = ReadRecord(line, Code::kVerdictMissing, "verdict");
  if (!record) BOOST_TEST(CodeName(record.findings().front().code) == "VERDICT_MISSING");
  return bool(record);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(a_record_is_written_in_the_form_that_is_promised) {
  BOOST_TEST(
      WriteRecord(Denied()) ==
      R"({"format":1,"id":"7k3m9qxa2b4c5d6e","time":"2026-11-22T10:00:00Z","version":"0.1.0","outcome":"deny","mode":"enforce",)"
      R"("enforced":true,"bound":true,"provider":"gitlab","issuer":"gitlab","rule":null,)"
      R"("findings":[{"code":"NO_RULE_ALLOWS","severity":"error","message":"no rule allows this job",)"
      R"("hint":"ask","evidence":{"ref_protected":{"expected":true,"got":"false"}}},)"
      R"({"code":"RULE_DENIED","severity":"warning","message":"rule","hint":"","evidence":{},"report_only":true}],)"
      R"("claims":{"project_path":"platform/app","runner_id":12},"facts":{"fork":false},)"
      R"("token":{"sha256":"ab12","jti":"jti-1","kid":"key-1","alg":"RS256","expires_at":1795341600},)"
      R"("tokens":[{"kind":"id_token","sha256":"ab12","names":["JOBWARDEN_ID_TOKEN","ALIAS"],)"
      R"("audiences":["us"],"places":["variables","secrets.A"]},)"
      R"({"kind":"secret","sha256":null,"names":["A"],"audiences":[],"places":["variables"]}],)"
      R"("exposure":{"stripped":["VAULT_ID_TOKEN"],"masked":["A"],"kept":["CI_JOB_TOKEN"],)"
      R"("why":{"CI_JOB_TOKEN":"a command names it"}},)"
      R"("job":{"id":"302","project":"platform/app"},"policy_sha256":"cd34","duration_us":812})");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back_unchanged) {
  const std::string line = WriteRecord(Denied());
  const auto read = ReadRecord(line, Code::kVerdictMissing, "verdict");
  BOOST_REQUIRE(read);
  BOOST_TEST(WriteRecord(*read) == line);
  BOOST_TEST(!read->Runs());
}

BOOST_AUTO_TEST_CASE(a_record_of_a_job_without_a_token_is_read_back) {
  Record record = Denied();
  record.token.reset();
  record.claims = {};
  record.issuer.clear();
  const std::string line = WriteRecord(record);
  BOOST_TEST(line.find(R"("issuer":null)") != std::string::npos);
  const auto read = ReadRecord(line, Code::kVerdictMissing, "verdict");
  BOOST_REQUIRE(read);
  BOOST_TEST(!read->token);
}

BOOST_AUTO_TEST_CASE(a_record_that_was_written_before_there_were_ids_is_read) {
  const std::string line = Replaced(WriteRecord(Denied()), "\"id\":\"7k3m9qxa2b4c5d6e\",", "");
  const auto read = ReadRecord(line, Code::kVerdictMissing, "verdict");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->id == "");
}

BOOST_AUTO_TEST_CASE(another_format_is_refused) {
  BOOST_TEST(!Reads(Replaced(WriteRecord(Denied()), "\"format\":1", "\"format\":2")));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_not_whole_is_refused) {
  const std::string line = WriteRecord(Denied());
  BOOST_TEST(Reads(line));
  for (std::size_t size = 0; size < line.size(); ++size) BOOST_TEST(!Reads(line.substr(0, size)));
}

BOOST_AUTO_TEST_CASE(unknown_members_and_values_are_refused) {
  const std::string line = WriteRecord(Denied());
  BOOST_TEST(!Reads(Replaced(line, "{\"format\"", "{\"more\":1,\"format\"")));
  BOOST_TEST(!Reads(Replaced(line, "\"deny\"", "\"maybe\"")));
  BOOST_TEST(!Reads(Replaced(line, "NO_RULE_ALLOWS", "SOMETHING")));
  BOOST_TEST(!Reads(Replaced(line, "\"enforced\":true", "\"enforced\":\"true\"")));
  BOOST_TEST(!Reads(Replaced(line, "2026-11-22T", "2026-13-22T")));
  BOOST_TEST(!Reads(Replaced(line, "T10:00:00Z", "T10:61:00Z")));
  BOOST_TEST(!Reads(Replaced(line, "\"id\":\"302\",", "")));
  BOOST_TEST(!Reads(Replaced(line, "\"a command names it\"", "1")));
  BOOST_TEST(
      !Reads(Replaced(line, "\"why\":{\"CI_JOB_TOKEN\":\"a command names it\"}", "\"why\":[]")));
  BOOST_TEST(!Reads(Replaced(line, "\"places\":[\"variables\",\"secrets.A\"]", "\"x\":1")));
}

BOOST_AUTO_TEST_CASE(an_enforced_denial_does_not_run_and_a_reported_one_does) {
  Record record = Denied();
  BOOST_TEST(!record.Runs());
  record.enforced = false;
  BOOST_TEST(record.Runs());
  record.enforced = true;
  record.outcome = Outcome::kAllow;
  BOOST_TEST(record.Runs());
}

BOOST_AUTO_TEST_SUITE_END()
