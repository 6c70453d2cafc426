#include "verifier/review/check.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/places.h"
#include "verifier/base/text.h"
#include "verifier/policy/decision.h"
#include "verifier/policy/lint_code.h"
#include "verifier/review/lint.h"

namespace jobwarden {
namespace {

// Rules begin in line 7.
std::string With(const std::string& rules, const std::string& provider = "gitlab") {
  return "version = 1\n[[issuer]]\nname = \"ci\"\nprovider = \"" + provider +
         "\"\nurl = \"https://ci.example.com\"\naudience = \"runner\"\n" + rules;
}

// `LINE:COLUMN CODE`, for each remark.
std::vector<std::string> Remarks(const std::string& text) {
  std::vector<std::string> all;
  for (const Remark& each : ReviewConfig({{"c.toml", text}}).remarks) {
    all.push_back(std::to_string(each.place.line) + ":" + std::to_string(each.place.column) + " " +
                  each.code);
  }
  return all;
}

std::string Only(const std::string& text) {
  return Join(Remarks(text), ", ");
}

// An allow rule about which there is nothing to say, and one more line.
std::string Rule(const std::string& name, const std::string& more = "claims.ref = \"main\"") {
  return "[[allow]]\nname = \"" + name + "\"\nclaims.project_id = 7\naudiences = []\n" + more +
         "\n";
}

std::string GitHubRule(const std::string& more) {
  return With("[[allow]]\nname = \"a\"\nclaims.repository_id = 7\naudiences = []\n" + more + "\n",
              "github");
}

BOOST_AUTO_TEST_SUITE(check)

BOOST_AUTO_TEST_CASE(a_good_policy_has_no_remarks) {
  BOOST_TEST(Only(With(Rule("a"))) == "");
  BOOST_TEST(Only(GitHubRule("claims.event_name = [\"push\", \"merge_group\"]")) == "");
}

BOOST_AUTO_TEST_CASE(a_rule_for_any_project_is_found) {
  const std::string head = "[[allow]]\nname = \"a\"\naudiences = []\n";
  BOOST_TEST(Only(With(head + "claims.ref = \"main\"")) == "7:1 PINS_NO_PROJECT");
  for (const char* any :
       {"\"**\"", "\"*/app\"", "{ not = \"a/b\" }", "{ regex = \".*/x\" }", "[\"a/b\", \"?**\"]"}) {
    BOOST_TEST(Only(With(head + "claims.project_path = " + any)) == "7:1 PINS_NO_PROJECT", any);
  }
  for (const char* one : {"\"a/**\"", "[\"a/b\", \"c/*\"]", "{ regex = \"(a|b)/.*\" }"}) {
    BOOST_TEST(Only(With(head + "claims.project_path = " + one)) == "10:8 PATH_WITHOUT_ID", one);
  }
  BOOST_TEST(Only(With(head + "claims.project_id = { regex = \"[0-9]+\" }")) ==
             "7:1 PINS_NO_PROJECT");
}

BOOST_AUTO_TEST_CASE(one_form_of_sub_is_found) {
  BOOST_TEST(Only(GitHubRule("claims.event_name = \"push\"\nclaims.sub = \"repo:o/r:ref:*\"")) ==
             "12:8 ONE_SUB_FORM");
  BOOST_TEST(Only(GitHubRule("claims.event_name = \"push\"\n"
                             "claims.sub = \"repo:o@1/r@2:environment:prod\"")) ==
             "12:8 ONE_SUB_FORM");
  BOOST_TEST(Only(GitHubRule("claims.event_name = \"push\"\n"
                             "claims.sub = [\"repo:o/r:*\", \"repo:o@1/r@2:*\"]")) == "");
}

BOOST_AUTO_TEST_CASE(a_claim_that_no_provider_has_is_named_with_the_nearest) {
  const auto review = ReviewConfig({{"c.toml", With(Rule("a", "claims.project_pth = \"a/b\""))}});
  BOOST_REQUIRE(review.remarks.size() == 1U);
  BOOST_TEST(review.remarks[0].code == "UNKNOWN_CLAIM");
  BOOST_TEST(review.remarks[0].hint == "did you mean \"project_path\"?");
  BOOST_TEST(Only(With(Rule("a", "claims.\"/job_config/url\" = \"x\""))) == "");
  BOOST_TEST(Only(GitHubRule("claims.event_name = \"push\"\nclaims.repo_property_team = \"x\"")) ==
             "");
  BOOST_TEST(Only(With(Rule("a", "claims.repository = \"a/b\""))) == "11:8 UNKNOWN_CLAIM");
}

BOOST_AUTO_TEST_CASE(a_rule_that_never_matches_is_found) {
  BOOST_TEST(Only(With(Rule("a", "claims.ref = { any = [\"a*\"], not = \"a**\" }"))) ==
             "11:8 NEVER_MATCHES");
  BOOST_TEST(Only(With(Rule("a", "claims.ref = { any = [\"a**\"], not = \"a*\" }"))) == "");
  BOOST_TEST(Only(With(Rule("a", "claims.ref = \"a\"\nclaims.\"/ref\" = \"b\""))) ==
             "12:8 NEVER_MATCHES");
}

BOOST_AUTO_TEST_CASE(a_hidden_rule_is_named_with_the_one_that_hides_it) {
  const auto hidden = [](const std::string& rules) {
    std::string all;
    for (const Remark& each : ReviewConfig({{"c.toml", With(rules)}}).remarks) {
      if (each.code == lint::kHidden || each.code == lint::kUndecided) all += each.message + "\n";
    }
    return all;
  };
  BOOST_TEST(
      hidden(Rule("wide", "claims.ref = \"release/**\"") +
             Rule("narrow", "claims.ref = { regex = \"release/v[0-9]\" }")) ==
      "rule \"narrow\" decides nothing: allow rule \"wide\" in c.toml:7:1 matches all of its "
      "jobs\n");
  BOOST_TEST(hidden(Rule("narrow", "claims.ref = \"release/1\"") +
                    Rule("wide", "claims.ref = \"release/**\"")) == "");
  // A narrower audience, report mode, and what a job without a token could be.
  BOOST_TEST(hidden(Rule("a", "mode = \"report\"") + Rule("b")) == "");
  BOOST_TEST(hidden(Rule("a") + "[[allow]]\nname = \"b\"\nclaims.project_id = 7\n"
                                "claims.ref = \"main\"\naudiences = [\"x\"]\n") == "");
  BOOST_TEST(
      hidden(Rule("a") + "[[deny]]\nname = \"d\"\nclaims.project_id = \"*\"\n") ==
      "rule \"a\" decides nothing: deny rule \"d\" in c.toml:12:1 matches all of its jobs\n");
  BOOST_TEST(
      hidden("[[deny]]\nname = \"a\"\nclaims.ref = \"x\"\n[[deny]]\nname = \"b\"\n"
             "claims.ref = [\"x\", \"y\"]\n") ==
      "rule \"a\" decides nothing: deny rule \"b\" in c.toml:10:1 matches all of its jobs\n");
  BOOST_TEST(hidden(Rule("a", "claims.ref = { regex = \"(?i)main\" }") +
                    Rule("b", "claims.ref = { regex = \"(?i)MAIN\" }"))
                 .find("is not known: the search gave up") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(not_in_a_deny_rule_is_found_unless_what_is_absent_is_named) {
  const std::string head = "[[deny]]\nname = \"d\"\n";
  BOOST_TEST(Only(With(head + "claims.environment = { not = \"prod\" }")) ==
             "9:8 NOT_WITHOUT_EXISTS");
  BOOST_TEST(Only(With(head + "claims.environment = [{ exists = false }, { not = \"prod\" }]")) ==
             "");
  BOOST_TEST(Only(With(head + "claims.ref = { not = \"main\" }")) == "");  // no token lacks a ref
}

BOOST_AUTO_TEST_CASE(the_other_warnings_are_found_too) {
  BOOST_TEST(Only(With("[[allow]]\nname = \"a\"\nclaims.project_id = 7\n")) == "7:1 ANY_AUDIENCE");
  BOOST_TEST(Only(GitHubRule("claims.ref = \"refs/heads/main\"")) == "7:1 RISKY_EVENT");
  BOOST_TEST(Only(GitHubRule("claims.event_name = \"*\"")) == "11:8 RISKY_EVENT");
  BOOST_TEST(Only(GitHubRule("claims.event_name = \"push\"\n[github]\non_deny = \"fail-step\"")) ==
             "13:11 FAIL_STEP");
  BOOST_TEST(Only("version = 1\n[[issuer]]\nname = \"ci\"\nprovider = \"gitlab\"\nurl = "
                  "\"https://x\"\naudience = \"r\"\nmax_lifetime = \"2d\"\n") ==
             "7:16 LONG_LIFETIME");
  BOOST_TEST(Only(With(Rule("a", "facts.fork = true"))) == "11:7 NEVER_MATCHES");
  BOOST_TEST(Only(With(Rule("a", "facts.ref_protected = \"yes\""))) == "11:7 NEVER_MATCHES");
}

BOOST_AUTO_TEST_CASE(warnings_are_silenced_by_code) {
  const std::string rule = "[[allow]]\nname = \"a\"\nclaims.project_path = \"a/b\"\n";
  BOOST_TEST(Only(With(rule)) == "7:1 ANY_AUDIENCE, 9:8 PATH_WITHOUT_ID");
  BOOST_TEST(Only("policy.ignore = [\"ANY_AUDIENCE\"]\n" + With(rule)) == "10:8 PATH_WITHOUT_ID");
  BOOST_TEST(Only(With("# jobwarden: ignore ANY_AUDIENCE\n" + rule)) == "10:8 PATH_WITHOUT_ID");
  BOOST_TEST(Only(With("# jobwarden: ignore ANY_AUDIENCE, PATH_WITHOUT_ID\n# why\n" + rule)) == "");
  BOOST_TEST(Only(With("[[allow]] # jobwarden: ignore PATH_WITHOUT_ID ANY_AUDIENCE\n" +
                       rule.substr(10))) == "");
  BOOST_TEST(Only(With(rule + "# jobwarden: ignore ANY_AUDIENCE\n")) ==
             "7:1 ANY_AUDIENCE, 9:8 PATH_WITHOUT_ID");
  BOOST_TEST(Only(With(Rule("a") + "# jobwarden: ignore HIDEN\n")) == "12:21 UNKNOWN_CODE");
}

BOOST_AUTO_TEST_CASE(a_mistake_is_never_silenced) {
  BOOST_TEST(Only(With("# jobwarden: ignore CONFIG_INVALID\n[[alow]]\n")) ==
             "7:21 UNKNOWN_CODE, 8:3 CONFIG_INVALID");
}

// Rules without the ones that are said to decide nothing decide the same about every job.
BOOST_AUTO_TEST_CASE(rules_that_decide_nothing_can_be_left_out) {
  std::mt19937 random(11);
  const auto pick = [&random](std::size_t count) { return random() % count; };
  const char* const refs[] = {"main", "m*", "*", "r/1", "r/*", "**"};
  const auto some = [&] {
    const std::string one = "\"" + std::string(refs[pick(6)]) + "\"";
    const std::string two = "\"" + std::string(refs[pick(6)]) + "\"";
    switch (pick(4)) {
      case 0:
        return "{ not = " + one + " }";
      case 1:
        return "[" + one + ", " + two + "]";
      case 2:
        return "{ any = [" + one + "], not = " + two + " }";
      default:
        return one;
    }
  };
  std::size_t left_out = 0;
  for (int round = 0; round < 150; ++round) {
    std::string text = With("");
    for (int i = 0; i < 6; ++i) {
      text += (pick(4) == 0 ? "[[deny]]\nname = \"" : "[[allow]]\nname = \"") + std::to_string(i) +
              "\"\nclaims.ref = " + some() + "\n";
      if (pick(2) == 0) text += "claims.sha = " + some() + "\n";
      if (pick(4) == 0) text += "mode = \"report\"\n";
    }
    const Config config = ReadConfig({{"c.toml", text}}).config;
    Policy fewer = config.policy;
    for (const Remark& each : LintRules(config)) {
      if (each.code != lint::kHidden && each.code != lint::kNeverMatches) continue;
      ++left_out;
      for (auto* rules : {&fewer.allow, &fewer.deny}) {
        std::erase_if(*rules, [&](const auto& rule) { return rule.name == each.rule; });
      }
    }
    for (int i = 0; i < 60; ++i) {
      Object claims;
      const char* const texts[] = {"main", "m", "r/1", "r/2", "x", "", "a/b"};
      if (pick(8) != 0) claims.Set("ref", texts[pick(7)]);
      if (pick(8) != 0) claims.Set("sha", texts[pick(7)]);
      const Object facts;
      const Subject subject{"ci", &claims, &facts, {}};
      const Decision all = Decide(config.policy, subject, {});
      const Decision without = Decide(fewer, subject, {});
      BOOST_TEST((all.outcome() == without.outcome()), text);
      BOOST_TEST(all.rule() == without.rule(), text);
    }
  }
  BOOST_TEST(left_out > 50U);
}

// docs/checks.md has of each code a bad example, which is warned of, and a good one, which is not.
BOOST_AUTO_TEST_CASE(the_documented_examples_are_what_they_are_said_to_be) {
  std::ifstream file(testing::InCheckout("docs/checks.md"));
  std::map<std::string, std::vector<std::string>> examples;
  std::string code;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) code = line.substr(3);
    if (line == "```toml") examples[code].emplace_back();
    if (line.starts_with("```")) {
      inside = line == "```toml";
    } else if (inside) {
      examples[code].back() += line + "\n";
    }
  }
  for (const std::string_view each : kLintCodes) {
    const std::string name(each);
    BOOST_REQUIRE_MESSAGE(examples[name].size() == 2U, name);
    const auto warns = [&](const std::string& example) {
      const bool whole = example.find("[[issuer]]") != std::string::npos;
      const bool github = example.find("# GitHub") != std::string::npos;
      const Review review =
          ReviewConfig({{"c.toml", whole ? "version = 1\n" + example
                                         : With(example, github ? "github" : "gitlab")}});
      BOOST_TEST(review.mistakes() == 0U, name);
      return std::any_of(review.remarks.begin(), review.remarks.end(),
                         [&](const Remark& remark) { return remark.code == name; });
    };
    BOOST_TEST(warns(examples[name].front()), name);
    BOOST_TEST(!warns(examples[name].back()), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
