// `jobwarden policy test`, and the example policies.

#include <algorithm>
#include <filesystem>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

const std::string kTest =
    "config = \"jobwarden.toml\"\n[[case]]\nname = \"a deploy\"\nprovider = \"gitlab\"\n"
    "claims = { project_path = \"shop/web\", ref_protected = \"true\" }\nexpect = ";

std::vector<std::string> Examples(const std::string& ending) {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(InCheckout("install/examples/policies"))) {
    const std::string path = entry.path();
    if (path.ends_with(".test.toml") == (ending == ".test.toml")) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_test)

BOOST_AUTO_TEST_CASE(the_exit_code_tells_passed_failed_and_mistaken) {
  const CliHost host;
  const std::string path = host.folder.Write("a.test.toml", kTest + "\"allow\"\n");
  ChildResult result = host.Run({"policy", "test", path});
  BOOST_TEST(result.exit_code == 0, result.log);
  BOOST_TEST(result.out == "1 passed, 0 failed\n");
  host.folder.Write("a.test.toml", kTest + "\"deny\"\n");
  result = host.Run({"policy", "test", path});
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(Has(result.out, "FAILED \"a deploy\" (" + path + ":2)"));
  host.folder.Write("a.test.toml", kTest + "\"deny\"\nrule = \"deplois\"\nexpct = 1\n");
  result = host.Run({"policy", "test", path});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.err, path + ":8:1: unknown key \"expct\" in [[case]]\n  8 | expct = 1"));
}

BOOST_AUTO_TEST_CASE(the_command_line_s_configuration_comes_before_the_file_s) {
  const CliHost host;
  const std::string path = host.folder.Write("a.test.toml", kTest + "\"allow\"\n");
  const ChildResult result =
      host.Run({"policy", "test", "--config", host.folder / "none.toml", path});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.err, "none.toml"));
}

BOOST_AUTO_TEST_CASE(coverage_below_the_least_fails) {
  const CliHost host;
  const std::string path = host.folder.Write("a.test.toml", kTest + "\"allow\"\n");
  const ChildResult result = host.Run({"policy", "test", "--min-coverage", "50", path});
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(Has(result.out, "coverage: 33 %, expected 50 %"));
  BOOST_TEST(host.Run({"policy", "test", "--coverage", path}).exit_code == 0);
  BOOST_TEST(host.Run({"policy", "test", "--min-coverage", "101", path}).exit_code == kUsage);
}

BOOST_AUTO_TEST_CASE(formats_are_named_on_the_command_line) {
  const CliHost host;
  const std::string path = host.folder.Write("a.test.toml", kTest + "\"deny\"\n");
  BOOST_TEST(host.Run({"policy", "test", "--format", "tap", path}).out.starts_with("TAP version"));
  const auto json = OneLineOfJson(host.Run({"policy", "test", "--json", path}));
  BOOST_TEST(json.value("failed", 0) == 1);
  const ChildResult wrong = host.Run({"policy", "test", "--format", "xml", path});
  BOOST_TEST(wrong.exit_code == kUsage);
  BOOST_TEST(Has(wrong.err, "expected text, junit, github, gitlab, tap or json"));
}

BOOST_AUTO_TEST_CASE(each_example_policy_is_without_warnings_and_tested_whole) {
  const CliHost host;
  const auto policies = Examples(".toml");
  BOOST_TEST(policies.size() == 12U);
  for (const std::string& path : policies) {
    const ChildResult result = host.Run({"policy", "check", "--strict", "--config", path});
    BOOST_TEST(result.exit_code == 0, result.log);
  }
  std::vector<std::string> words = {"policy", "test", "--min-coverage", "100"};
  const auto tests = Examples(".test.toml");
  BOOST_TEST(tests.size() == 12U);
  words.insert(words.end(), tests.begin(), tests.end());
  const ChildResult result = host.Run(words);
  BOOST_TEST(result.exit_code == 0, result.log);
}

BOOST_AUTO_TEST_SUITE_END()
