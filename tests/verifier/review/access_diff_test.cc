#include "verifier/review/access_diff.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/has.h"
#include "verifier/base/json.h"
#include "verifier/review/access_report.h"

namespace jobwarden {
namespace {

using testing::Has;

Config Parse(const std::string& text) {
  auto config = ParseConfig({{"c.toml", text}});
  BOOST_REQUIRE_MESSAGE(config, (config ? "" : config.findings().front().message) + "\n" + text);
  return *std::move(config);
}

std::string Issuer(const std::string& name, const std::string& host, const std::string& audience,
                   const std::string& more = "", const std::string& provider = "gitlab") {
  return "[[issuer]]\nname = \"" + name + "\"\nprovider = \"" + provider + "\"\nurl = \"https://" +
         host + "\"\naudience = " + audience + "\n" + more;
}

const std::string kHead = "version = 1\n";
const std::string kGitLab = Issuer("ci", "ci.example.com", "\"runner\"");
const std::string kGitHub =
    Issuer("gh", "token.actions.githubusercontent.com", "\"runner\"", "", "github");
const std::string kDeploys =
    "[[allow]]\nname = \"deploys\"\nclaims = { project_path = \"shop/**\", ref = \"main\" }\n";

// What the second configuration allows and the first does not, for people.
std::string Gained(const std::string& before, const std::string& after) {
  const Config allowing = Parse(kHead + after);
  return AccessText(FindNewAccess(allowing, Parse(kHead + before)),
                    {"new access", "the old policy", allowing.files});
}

BOOST_AUTO_TEST_SUITE(access_diff)

BOOST_AUTO_TEST_CASE(a_configuration_has_no_new_access_against_itself) {
  for (const std::string& text :
       {kGitLab + kDeploys,
        "[fork]\nevents.merge_group = \"own\"\n" + kGitHub + kGitLab +
            "[[allow]]\nname = \"a\"\nissuer = \"gh\"\nclaims.repository = \"a/b\"\n"
            "[[deny]]\nname = \"b\"\nclaims.event_name = \"schedule\"\n"}) {
    BOOST_TEST(Gained(text, text) == "no new access\n");
  }
}

BOOST_AUTO_TEST_CASE(a_rule_is_named_with_an_example_and_the_refusal) {
  const std::string text =
      Gained(kGitLab + kDeploys,
             kGitLab + kDeploys + "[[allow]]\nname = \"all\"\nclaims.project_path = \"shop/*\"\n");
  BOOST_TEST(text ==
             "new access:\n"
             "  rule \"all\" (c.toml:10:1) allows, for example\n"
             "    issuer    ci\n"
             "    claims    {\"project_path\":\"shop/x\",\"ref\":\"x\"}\n"
             "    facts     {\"fork\":false}\n"
             "    the old policy refuses it: NO_RULE_ALLOWS: no rule allows this job; nearest is "
             "\"deploys\": ref expected \"main\", got \"x\"\n");
}

BOOST_AUTO_TEST_CASE(an_issuer_with_another_name_is_the_same_issuer) {
  BOOST_TEST(Gained(kGitLab + kDeploys, Issuer("other", "ci.example.com", "\"runner\"") +
                                            kDeploys) == "no new access\n");
}

BOOST_AUTO_TEST_CASE(new_audiences_and_issuers_are_new_access) {
  const std::string wider = Issuer("ci", "ci.example.com", "[\"runner\", \"other\"]");
  BOOST_TEST(Has(Gained(kGitLab + kDeploys, wider + kDeploys),
                 "the old policy refuses it: AUDIENCE_MISMATCH"));
  BOOST_TEST(Gained(wider + kDeploys, kGitLab + kDeploys) == "no new access\n");
  const std::string rule = "[[allow]]\nname = \"new\"\nissuer = \"new\"\nclaims.ref = \"main\"\n";
  const std::string own = "[[allow]]\nname = \"own\"\nissuer = \"ci\"\nclaims.ref = \"main\"\n";
  const std::string two = kGitLab + Issuer("new", "new.example.com", "\"runner\"");
  BOOST_TEST(
      Has(Gained(kGitLab + own, two + own + rule), "the old policy refuses it: TOKEN_MISSING"));
  // A job could carry a token of the issuer that nobody looks at any longer.
  BOOST_TEST(Has(Gained(two + own + rule, kGitLab + own), "new access: not decided:\n  jobs that"));
}

BOOST_AUTO_TEST_CASE(settings_that_make_more_tokens_good_are_new_access) {
  const auto with = [](const std::string& line) {
    return Issuer("ci", "ci.example.com", "\"runner\"", line + "\n") + kDeploys;
  };
  const std::string plain = with("");
  BOOST_TEST(Gained(plain, with("max_lifetime = \"48h\"")) ==
             "new access:\n  issuer \"ci\": max_lifetime: 2d, where the other has 1d\n");
  BOOST_TEST(Has(Gained(plain, with("algorithms = [\"RS256\", \"ES256\"]")),
                 "issuer \"ci\": algorithms: tokens signed by ES256 are good"));
  for (const std::string line :
       {"leeway = \"60s\"", "server_url = \"https://b.example.com\"",
        "keys.url = \"https://b.example.com/k\"", "keys.stale_for = \"48h\""}) {
    BOOST_TEST(Has(Gained(plain, with(line)), "new access:"), line);
  }
  BOOST_TEST(Gained(plain, with("leeway = \"1s\"")) == "no new access\n");
}

BOOST_AUTO_TEST_CASE(a_job_always_has_the_claims_that_its_token_is_refused_without) {
  // No job of GitLab lacks its project's path, and none has a list there.
  const std::string old_rule = "[[allow]]\nname = \"a\"\nclaims.project_path = { exists = true }\n";
  BOOST_TEST(Gained(kGitLab + old_rule,
                    kGitLab + "[[allow]]\nname = \"a\"\nclaims.project_path = [{ exists = false }, "
                              "\"**\"]\n") == "no new access\n");
  BOOST_TEST(Gained(kGitLab + "[[allow]]\nname = \"a\"\nclaims.project_path = { any = [\"a\"], not "
                              "= \"b\" }\n",
                    kGitLab + "[[allow]]\nname = \"a\"\nclaims.project_path = \"a\"\n") ==
             "no new access\n");
}

BOOST_AUTO_TEST_CASE(forks_are_told_apart_by_action_and_by_event) {
  const std::string rules =
      kGitHub + "[[allow]]\nname = \"all\"\nclaims.repository = \"shop/web\"\n";
  const std::string text = Gained(rules, "[fork]\nevents.merge_group = \"own\"\n" + rules);
  BOOST_TEST(Has(text, "\"event_name\":\"merge_group\""), text);
  BOOST_TEST(Has(text, "fork is true for the old policy"), text);
  BOOST_TEST(Has(text, "FORK_DENIED"));
  BOOST_TEST(Gained(rules, "[fork]\nevents.push = \"fork\"\n" + rules) == "no new access\n");
  BOOST_TEST(Has(Gained("[fork]\nevents.merge_group = \"fork\"\n" + rules,
                        "[fork]\nevents.merge_group = \"own\"\n" + rules),
                 "\"event_name\":\"merge_group\""));
  BOOST_TEST(Has(Gained(rules, "[fork]\naction = \"allow\"\n" + rules), "\"fork\":true"));
  BOOST_TEST(Gained("[fork]\nevents.push = \"own\"\n" + kGitLab + kDeploys, kGitLab + kDeploys) ==
             "no new access\n");
}

BOOST_AUTO_TEST_CASE(report_mode_lets_all_jobs_run) {
  const std::string rules = kGitLab + kDeploys;
  BOOST_TEST(
      Has(Gained(rules, "mode = \"report\"\n" + rules), "mode: \"report\": no job is refused"));
  BOOST_TEST(Gained("mode = \"report\"\n" + rules,
                    rules + "[[allow]]\nname = \"b\"\nclaims.ref = \"x\"\n") == "no new access\n");
}

BOOST_AUTO_TEST_CASE(what_is_not_decided_is_said) {
  const std::string text =
      Gained(kGitLab + "[[allow]]\nname = \"a\"\nclaims.ref = { regex = '(?i)main' }\n",
             kGitLab + "[[allow]]\nname = \"a\"\nclaims.ref = { regex = '(?i)mai[n]' }\n");
  BOOST_TEST(text == "new access: not decided:\n  rule \"a\" (c.toml:7:1): the search gave up\n");
}

BOOST_AUTO_TEST_CASE(the_answer_as_json_has_one_word_for_each_case) {
  const Config config = Parse(kHead + kGitLab + kDeploys);
  const AccessWords words{"new access", "the old policy", config.files};
  BOOST_TEST(WriteJson(AccessValue({}, words)) ==
             R"({"answer":"none","changes":[],"undecided":[]})");
  BOOST_TEST(WriteJson(AccessValue({{}, {"x"}}, words)) ==
             R"({"answer":"not decided","changes":[],"undecided":["x"]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
