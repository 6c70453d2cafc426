// `jobwarden policy check` as a person and a pipeline call it.

#include <sys/stat.h>

#include <filesystem>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

ChildResult Check(const CliHost& host, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"policy", "check", "--config", host.config_path()};
  words.insert(words.end(), more.begin(), more.end());
  return host.Run(words);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_check)

BOOST_AUTO_TEST_CASE(warnings_are_shown_and_only_strict_fails_for_them) {
  const CliHost host;
  const ChildResult result = Check(host);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.err, host.config_path() + ":11:1: warning: rule \"deploys\" has no"));
  BOOST_TEST(Has(result.err, "[PATH_WITHOUT_ID]\n  13 | claims = { project_path = \"shop/**\""));
  BOOST_TEST(Has(result.err, "\n     |            ^\n  hint: add project_id"));
  BOOST_TEST(result.out == "jobwarden: " + host.config_path() + ": ok, 1 rule, 2 warnings\n");
  BOOST_TEST(Check(host, {"--strict"}).exit_code == kUsage);
}

BOOST_AUTO_TEST_CASE(mistakes_of_all_files_are_shown) {
  const CliHost host;
  std::filesystem::create_directory(host.folder / "rules.d");
  host.folder.Write("rules.d/a.toml", "[[alow]]\n[[allow]]\nname = b\n");
  host.folder.Write("rules.d/b.toml", "[fork]\naction = \"deny\"\n");
  const ChildResult result = Check(host);
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "rules.d/a.toml:1:3: error: unknown key \"alow\""));
  BOOST_TEST(Has(result.err, "rules.d/a.toml:3:8: error: not TOML"));
  BOOST_TEST(Has(result.err, "rules.d/b.toml:1:2: error: unknown key \"fork\" in rules.d"));
  BOOST_TEST(Has(result.err, ": 3 mistakes, 2 warnings\n"));
}

BOOST_AUTO_TEST_CASE(json_is_one_line_with_places) {
  const CliHost host;
  const ChildResult result = Check(host, {"--json", "--strict"});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(result.err == "");
  const auto json = OneLineOfJson(result);
  BOOST_TEST(json.value("ok", true) == false);
  BOOST_REQUIRE(json["findings"].size() == 2U);
  const auto& finding = json["findings"][1];
  BOOST_TEST(finding.value("code", "") == "PATH_WITHOUT_ID");
  BOOST_TEST(finding.value("severity", "") == "warning");
  BOOST_TEST(finding.value("file", "") == host.config_path());
  BOOST_TEST(finding.value("line", 0) == 13);
  BOOST_TEST(finding.value("column", 0) == 12);
  BOOST_TEST(finding.value("rule", "") == "deploys");
}

BOOST_AUTO_TEST_CASE(a_checkout_that_its_group_may_write_can_be_checked) {
  const CliHost host;
  chmod(host.config_path().c_str(), 0664);
  BOOST_TEST(Check(host).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_absent_is_said_also_in_json) {
  const CliHost host;
  const ChildResult result =
      host.Run({"policy", "check", "--json", "--config", host.folder / "none.toml"});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(CodesOf(OneLineOfJson(result)) == "CONFIG_INVALID");
}

BOOST_AUTO_TEST_SUITE_END()
