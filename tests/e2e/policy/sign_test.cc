// `jobwarden policy sign`: what it signs, what it refuses, and that minisign agrees.

#include "tests/e2e/policy/policy_host.h"

using namespace jobwarden::testing;

BOOST_FIXTURE_TEST_SUITE(sign, PolicyHost)

BOOST_AUTO_TEST_CASE(same_folder_gives_the_same_bundle) {
  BOOST_TEST(Sign({"--valid-days", "30", "--serial", "7", "--policy-version", "v7"}).exit_code ==
             kAllow);
  // The time until which it is valid is in it, in seconds.
  const std::string first = Slurp(folder / "policy.tar.gz");
  BOOST_TEST(first.size() < 1000U);
  BOOST_TEST(Slurp(folder / "policy.tar.gz.minisig").starts_with("untrusted comment: "));
}

BOOST_AUTO_TEST_CASE(rules_with_a_mistake_or_a_test_that_fails_are_not_signed) {
  Edit("tests/fleet.test.toml",
       "[[case]]\nname = \"a\"\nprovider = \"gitlab\"\nclaims = { project_path = \"shop/web\" }\n"
       "expect = \"allow\"\n");
  ChildResult result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kDeny, result.log);
  BOOST_TEST(Has(result.err, "tests/fleet.test.toml:1:1: the test \"a\" fails"));
  Edit("rules.d/fleet.toml", "[[alow]]\n");
  result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kDeny, result.log);
  BOOST_TEST(!std::filesystem::exists(folder / "policy.tar.gz"));
}

BOOST_AUTO_TEST_CASE(rules_that_would_not_be_in_the_bundle_are_refused) {
  std::ofstream(folder / "repo/jobwarden.toml", std::ios::app) << kRules;
  const ChildResult result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kUsage, result.log);
  BOOST_TEST(Has(result.err, "has rules, which would not be in the bundle"));
}

BOOST_AUTO_TEST_CASE(key_that_is_none_and_an_end_that_is_absent_are_usage_errors) {
  ChildResult result = Sign({"--valid-days", "30"}, "hello\n");
  BOOST_TEST(result.exit_code == kUsage, result.log);
  BOOST_TEST(Has(result.err, "the secret key is not in minisign's form"));
  result = Sign();
  BOOST_TEST(result.exit_code == kUsage, result.log);
}

BOOST_AUTO_TEST_SUITE_END()
