// What `policy test` reads, decides, counts and writes.

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/review/test_file.h"
#include "verifier/review/test_report.h"
#include "verifier/review/test_run.h"

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
[[issuer]]
name = "github"
provider = "github"
url = "https://token.actions.githubusercontent.com"
audience = "runner"
[[allow]]
name = "deploys"
issuer = "gitlab"
claims = { project_id = 302, ref = ["main", "release/*"] }
facts = { image = "registry/**" }
audiences = ["vault"]
[[deny]]
name = "no schedules"
claims = { pipeline_source = "schedule" }
[[deny]]
name = "tried"
claims = { ref = "main" }
mode = "report"
)"}});
    BOOST_REQUIRE(reading.problems.empty());
    return std::move(reading.config);
  }();
  return kConfig;
}

Result<std::string> NoFile(const std::string& path) {
  if (path == "claims.json") return std::string(R"({"project_id":"302","ref":"dev"})");
  if (path == "list.json") return std::string("[]");
  return Finding{Code::kConfigInvalid, "claims " + Quote(path) + ": No such file"};
}

const std::string kBase = R"([base.deploy]
provider = "gitlab"
claims = { project_id = "302", ref = "main", pipeline_source = "push" }
facts = { image = "registry/build" }
)";

std::vector<std::string> Mistakes(const std::string& text) {
  std::vector<std::string> all;
  for (const Problem& each : ReadTestFile("t.toml", text, NoFile).problems) {
    all.push_back(PlaceText({"t.toml"}, each.place).substr(7) + " " + each.finding.message +
                  (each.finding.hint.empty() ? "" : " | " + each.finding.hint));
  }
  return all;
}

// The results of the cases: `ok`, or the differences.
std::vector<std::string> Results(const std::string& cases) {
  const TestFile file = ReadTestFile("t.toml", kBase + cases, NoFile);
  BOOST_TEST(file.problems.empty());
  TestRun run(Rules());
  for (const Problem& each : run.Run("t.toml", file)) BOOST_ERROR(each.finding.message);
  std::vector<std::string> all;
  for (const CaseResult& each : run.results()) {
    all.push_back(each.differences.empty() ? "ok" : Join(each.differences, "; "));
  }
  return all;
}

std::string Result1(const std::string& one) {
  const auto all = Results("[[case]]\nname = \"a\"\nbase = \"deploy\"\n" + one);
  BOOST_REQUIRE(all.size() == 1U);
  return all.front();
}

TestOutcome Run(const TestRun& run) {
  return {run.results(), {&run.coverage()}, std::nullopt};
}

BOOST_AUTO_TEST_SUITE(policy_test)

BOOST_AUTO_TEST_CASE(a_case_passes_if_all_that_it_expects_is_so) {
  BOOST_TEST(Result1("expect = \"allow\"\nrule = \"deploys\"\nfindings = []") == "ok");
  BOOST_TEST(Result1("expect = \"deny\"") == "expected deny, got allowed by rule \"deploys\"");
  BOOST_TEST(Result1("expect = \"deny\"\nclaims.ref = \"dev\"\nfindings = [\"NO_RULE_ALLOWS\"]") ==
             "ok");
  BOOST_TEST(Result1("expect = \"allow\"\nwithout = \"project_id\"") ==
             "expected allow, got denied: NO_RULE_ALLOWS");
  BOOST_TEST(Result1("expect = \"allow\"\nrule = \"no schedules\"") ==
             "rule: expected \"no schedules\", got allowed by rule \"deploys\"");
}

BOOST_AUTO_TEST_CASE(findings_are_exactly_those_that_are_named) {
  const std::string schedule = "expect = \"deny\"\nclaims.pipeline_source = \"schedule\"\n";
  BOOST_TEST(Result1(schedule + "findings = [\"RULE_DENIED\"]\nrule = \"no schedules\"") == "ok");
  BOOST_TEST(Result1(schedule + "claims.ref = \"dev\"\nfindings = [\"RULE_DENIED\"]") ==
             "findings: expected RULE_DENIED, got NO_RULE_ALLOWS, RULE_DENIED");
  BOOST_TEST(Result1(schedule + "findings = [\"RULE_DENIED\", \"FORK_DENIED\"]") ==
             "findings: expected FORK_DENIED, RULE_DENIED, got RULE_DENIED");
  // What a rule in report mode says forbids nothing.
  BOOST_TEST(Result1(schedule + "rule = \"tried\"") ==
             "rule: expected \"tried\", got denied: RULE_DENIED");
}

BOOST_AUTO_TEST_CASE(claims_come_from_a_file_and_are_overridden) {
  BOOST_TEST(Join(Results("[[case]]\nname = \"a\"\nprovider = \"gitlab\"\nclaims_from = "
                          "\"claims.json\"\nfacts.image = \"registry/x\"\nexpect = \"deny\"\n"
                          "[[case]]\nname = \"b\"\nprovider = \"gitlab\"\nclaims_from = "
                          "\"claims.json\"\nclaims.ref = \"release/1\"\n"
                          "facts.image = \"registry/x\"\nexpect = \"allow\"\n"),
                  ",") == "ok,ok");
}

// A runner runs the tests of each policy that it pulls: a bundle of a few kilobytes must not take
// the machine's memory.
BOOST_AUTO_TEST_CASE(a_file_whose_jobs_take_too_much_memory_is_refused) {
  std::string ones = "1";
  for (int i = 1; i < 20'000; ++i) ones += ",1";
  const auto read = [&](const std::string&) -> Result<std::string> {
    return "{\"project_id\":\"302\",\"x\":[" + ones + "]}";
  };
  const std::string from = "provider = \"gitlab\"\nclaims_from = \"c.json\"\n";
  const std::string facts = "provider = \"gitlab\"\nfacts.services = [\"" +
                            std::string(20'000, 's') + "\"]\nfacts.image = \"" +
                            std::string(200'000, 'i') + "\"\n";
  const std::string audiences =
      "provider = \"gitlab\"\naudiences = [\"" + std::string(200'000, 'a') + "\"]\n";
  const std::string issuer = "issuer = \"" + std::string(200'000, 'a') + "\"\n";
  std::vector<std::pair<std::string, std::string>> all{{"", from}};
  for (const std::string& each : {from, facts, audiences, issuer}) {
    all.emplace_back("[base.b]\n" + each, "base = \"b\"\n");
  }
  for (const auto& [base, own] : all) {
    const auto text = [&, base = base, own = own](int cases) {
      std::string file = base;
      for (int i = 0; i < cases; ++i) {
        file += "[[case]]\nname = \"" + std::to_string(i) + "\"\nexpect = \"deny\"\n" + own;
      }
      return file;
    };
    BOOST_TEST(ReadTestFile("t.toml", text(20), read).problems.empty());
    const TestFile file = ReadTestFile("t.toml", text(1000), read);
    BOOST_REQUIRE(file.problems.size() == 1U);
    BOOST_TEST(file.problems.front().finding.message ==
               "the jobs of this file's cases take more than 64 MiB of memory");
    BOOST_TEST(file.cases.size() < 500U);
  }
}

BOOST_AUTO_TEST_CASE(a_case_without_claims_is_a_job_without_a_token) {
  BOOST_TEST(Join(Results("[[case]]\nname = \"a\"\nprovider = \"gitlab\"\nfacts.image = "
                          "\"registry/x\"\nexpect = \"deny\"\n"
                          "findings = [\"TOKEN_MISSING\", \"RULE_DENIED\"]\n"),
                  ",") == "ok");
}

BOOST_AUTO_TEST_CASE(other_audiences_and_forks_are_asked_for_as_in_a_job) {
  BOOST_TEST(Result1("audiences = [\"vault\"]\nexpect = \"allow\"") == "ok");
  BOOST_TEST(Result1("audiences = [\"aws\"]\nexpect = \"deny\"\n"
                     "findings = [\"AUDIENCE_MISMATCH\"]") == "ok");
  BOOST_TEST(Result1("claims.job_project_id = \"9\"\nexpect = \"deny\"\n"
                     "findings = [\"FORK_DENIED\"]") == "ok");
}

BOOST_AUTO_TEST_CASE(every_mistake_of_a_file_is_shown_with_its_place) {
  const std::vector<std::string> expected = {
      "1:1 unknown key \"confg\" | did you mean \"config\"?",
      "3:12 base.provider: expected \"gitlab\" or \"github\", got \"gitlub\" | did you mean "
      "\"gitlab\"?",
      "4:10 base.claims: expected a table, got a whole number | for example { project_path = "
      "\"group/app\" }",
      "5:11 facts: unknown fact \"imag\" | did you mean \"image\"?",
      "5:23 facts: fork: expected a boolean, got string",
      "7:8 case.name: is empty",
      "8:10 case.expect: expected \"allow\" or \"deny\", got \"maybe\"",
      "9:13 case.findings: no finding has the code \"RULE_DENID\" | did you mean \"RULE_DENIED\"?",
      "10:8 no [base.b] in this file | did you mean \"a\"?",
      "13:10 case.claims: expected a table, got a date or time | for example { project_path = "
      "\"group/app\" }",
      "14:1 two cases have the name \"x\", the other at t.toml:11:1",
      "16:15 case.claims_from: claims \"none.json\": No such file",
      "18:15 not TOML: error while parsing key-value pair: cannot redefine existing string "
      "'claims_from' | keep one of the two",
      "19:1 case.findings: an allowed job has none that forbid it | leave findings out, or set "
      "expect = \"deny\""};
  const auto mistakes = Mistakes(R"(confg = "x"
[base.a]
provider = "gitlub"
claims = 1
facts = { imag = "x", fork = "no" }
[[case]]
name = ""
expect = "maybe"
findings = ["RULE_DENID"]
base = "b"
[[case]]
name = "x"
claims = 2026-01-01
[[case]]
name = "x"
claims_from = "none.json"
expect = "deny"
claims_from = "list.json"
[[case]]
name = "y"
expect = "allow"
findings = ["FORK_DENIED"]
)");
  BOOST_TEST(mistakes == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_without_cases_is_a_mistake) {
  BOOST_TEST(Mistakes("").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_not_there_is_named_with_the_nearest) {
  const TestFile file = ReadTestFile(
      "t.toml",
      kBase + "[[case]]\nname = \"a\"\nbase = \"deploy\"\nexpect = \"allow\"\nrule = \"deploy\"\n",
      NoFile);
  TestRun run(Rules());
  const auto problems = run.Run("t.toml", file);
  BOOST_REQUIRE(problems.size() == 1U);
  BOOST_TEST(problems[0].finding.message == "no rule has the name \"deploy\"");
  BOOST_TEST(problems[0].finding.hint == "did you mean \"deploys\"?");
  BOOST_TEST(run.results().empty());
}

BOOST_AUTO_TEST_CASE(an_issuer_that_is_not_clear_must_be_named) {
  const TestFile file = ReadTestFile(
      "t.toml", "[[case]]\nname = \"a\"\nclaims = { ref = \"main\" }\nexpect = \"deny\"\n", NoFile);
  TestRun run(Rules());
  const auto problems = run.Run("t.toml", file);
  BOOST_REQUIRE(problems.size() == 1U);
  BOOST_TEST(problems[0].finding.message == "issuer: several of the configured issuers fit");
}

BOOST_AUTO_TEST_CASE(coverage_counts_rules_that_apply_and_conditions_that_alone_decide) {
  const auto touched = [](const std::string& cases) {
    TestRun run(Rules());
    BOOST_TEST(run.Run("t.toml", ReadTestFile("t.toml", kBase + cases, NoFile)).empty());
    return std::to_string(run.coverage().touched()) + "/" + std::to_string(run.coverage().total());
  };
  const std::string head = "[[case]]\nname = \"a\"\nbase = \"deploy\"\nexpect = \"deny\"\n";
  // Both deny rules have one condition, which this job does not meet or meets: `tried` applies.
  BOOST_TEST(touched(head) == "3/8");
  BOOST_TEST(touched(head + "claims.ref = \"dev\"\n") == "3/8");
  BOOST_TEST(touched(head + "claims.ref = \"dev\"\nclaims.project_id = 9\n") == "2/8");
}

BOOST_AUTO_TEST_CASE(results_are_written_in_each_format) {
  const TestFile file =
      ReadTestFile("t.toml",
                   kBase +
                       "[[case]]\nname = \"good\"\nbase = \"deploy\"\nexpect = \"allow\"\n"
                       "[[case]]\nname = \"a <b> & \\\"c\\\", # ::d\"\nbase = \"deploy\"\n"
                       "expect = \"deny\"\n",
                   NoFile);
  TestRun run(Rules());
  BOOST_REQUIRE(run.Run("t.toml", file).empty());
  TestOutcome outcome = Run(run);
  outcome.coverage.clear();

  BOOST_TEST(WriteTests(outcome, TestFormat::kText) ==
             "FAILED \"a <b> & \\\"c\\\", # ::d\" (t.toml:9)\n"
             "  expected deny, got allowed by rule \"deploys\"\n"
             "    rule \"tried\" denies this job: ref is \"main\"\n"
             "1 passed, 1 failed\n");
  BOOST_TEST(
      WriteTests(outcome, TestFormat::kJunit) ==
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"jobwarden policy test\" tests=\"2\" failures=\"1\">\n"
      "  <testsuite name=\"t.toml\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
      "    <testcase name=\"good\" classname=\"t.toml\" file=\"t.toml\" line=\"5\" time=\"0\"/>\n"
      "    <testcase name=\"a &lt;b&gt; &amp; &quot;c&quot;, # ::d\" classname=\"t.toml\" "
      "file=\"t.toml\" line=\"9\" time=\"0\">\n"
      "      <failure message=\"expected deny, got allowed by rule &quot;deploys&quot;\" "
      "type=\"decision\">expected deny, got allowed by rule &quot;deploys&quot;\n"
      "rule &quot;tried&quot; denies this job: ref is &quot;main&quot;</failure>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "</testsuites>\n");
  BOOST_TEST(WriteTests(outcome, TestFormat::kGitHub) ==
             "::error file=t.toml,line=9,title=a <b> & \"c\"%2C # %3A%3Ad::expected deny, got "
             "allowed by rule \"deploys\"%0Arule \"tried\" denies this job: ref is \"main\"\n"
             "1 passed, 1 failed\n");
  BOOST_TEST(WriteTests(outcome, TestFormat::kTap) ==
             "TAP version 14\n1..2\nok 1 - good\nnot ok 2 - a <b> & \"c\", \\# ::d\n"
             "  ---\n  message: \"expected deny, got allowed by rule \\\"deploys\\\"\"\n"
             "  at: \"t.toml:9\"\n  ...\n");
  const auto gitlab = ParseJson(WriteTests(outcome, TestFormat::kGitLab), {.max_bytes = 10000},
                                Code::kConfigInvalid, "gitlab");
  BOOST_REQUIRE(gitlab);
  BOOST_REQUIRE(gitlab->AsArray()->size() == 1U);
  const Value& issue = gitlab->AsArray()->front();
  BOOST_TEST(*issue.Find("location")->Find("path")->AsString() == "t.toml");
  BOOST_TEST((issue.Find("location")->Find("lines")->Find("begin")->AsInteger() == 9));
  BOOST_TEST(issue.Find("fingerprint")->AsString()->size() == 64U);
}

BOOST_AUTO_TEST_CASE(coverage_below_the_least_fails) {
  TestRun run(Rules());
  TestOutcome outcome = Run(run);
  BOOST_TEST(outcome.percent() == 0U);
  BOOST_TEST(outcome.good());
  outcome.min_coverage = 1;
  BOOST_TEST(!outcome.good());
  const std::string text = WriteTests(outcome, TestFormat::kText);
  BOOST_TEST(
      text.find("c.toml:12:1: allow rule \"deploys\": no case is about a job to which it "
                "applies\nc.toml:15:12: allow rule \"deploys\": in no case claims.project_id "
                "alone keeps it from applying\n") != std::string::npos,
      text);
  BOOST_TEST(text.ends_with("coverage: 0 %, expected 1 %\n0 passed, 0 failed\n"), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
