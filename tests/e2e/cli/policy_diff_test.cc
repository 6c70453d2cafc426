// `jobwarden policy diff` as a person and a policy repository's pipeline call it.

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

const std::string kHead =
    "version = 1\n[[issuer]]\nname = \"ci\"\nprovider = \"gitlab\"\nurl = "
    "\"https://ci.example.com\"\naudience = \"runner\"\n";

std::string Rule(const std::string& claims) {
  return "[[allow]]\nname = \"a\"\nclaims = { " + claims + " }\n";
}

// A machine with two policies.
struct Policies {
  CliHost host;
  std::string before;
  std::string after;

  Policies(const std::string& old_rules, const std::string& new_rules)
      : before(host.folder.Write("old.toml", kHead + old_rules)),
        after(host.folder.Write("new.toml", kHead + new_rules)) {}
  ChildResult Diff(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"policy", "diff", before, after};
    words.insert(words.end(), more.begin(), more.end());
    return host.Run(words);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_diff)

BOOST_AUTO_TEST_CASE(both_directions_are_shown_and_new_access_fails_when_asked) {
  const Policies wider(Rule("ref = \"main\""), Rule("ref = [\"main\", \"v*\"]"));
  ChildResult result = wider.Diff();
  BOOST_TEST(result.exit_code == 0, result.log);
  BOOST_TEST(Has(result.out, "new access:\n  rule \"a\" (" + wider.after + ":7:1) allows"));
  BOOST_TEST(Has(result.out, "claims    {\"ref\":\"vx\"}"));
  BOOST_TEST(Has(result.out, "\nno lost access\n"));
  BOOST_TEST(wider.Diff({"--fail-on-new-access"}).exit_code == kDeny);

  const Policies narrower(Rule("ref = [\"main\", \"v*\"]"), Rule("ref = \"main\""));
  result = narrower.Diff({"--fail-on-new-access"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.out.starts_with("no new access\nlost access:\n"));
}

BOOST_AUTO_TEST_CASE(what_is_not_decided_is_not_taken_for_no_new_access) {
  const Policies policies(Rule("ref = { regex = '(?i)main' }"),
                          Rule("ref = { regex = '(?i)mai[n]' }"));
  BOOST_TEST(policies.Diff().exit_code == 0);
  const ChildResult result = policies.Diff({"--fail-on-new-access"});
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.out, "new access: not decided:\n"));
}

BOOST_AUTO_TEST_CASE(json_is_one_line_with_the_example) {
  const Policies policies(Rule("ref = \"main\""), Rule("ref = \"v1\""));
  const auto json = OneLineOfJson(policies.Diff({"--json"}));
  BOOST_TEST(json["new_access"].value("answer", "") == "found");
  const auto& change = json["new_access"]["changes"][0];
  BOOST_TEST(change.value("rule", "") == "a");
  BOOST_TEST(change.value("line", 0) == 7);
  BOOST_TEST(change["example"]["claims"].value("ref", "") == "v1");
  BOOST_TEST(change["example"]["refusals"][0].value("code", "") == "NO_RULE_ALLOWS");
  BOOST_TEST(json["lost_access"].value("answer", "") == "found");
}

BOOST_AUTO_TEST_CASE(a_policy_with_mistakes_is_not_compared) {
  const Policies policies(Rule("ref = \"main\""), "[[alow]]\n");
  ChildResult result = policies.Diff();
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "unknown key \"alow\""));
  result = policies.Diff({"--json"});
  BOOST_TEST(CodesOf(OneLineOfJson(result)) == "CONFIG_INVALID");
}

BOOST_AUTO_TEST_SUITE_END()
