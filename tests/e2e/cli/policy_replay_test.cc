// `jobwarden policy replay`, and `policy diff --audit`, over recorded decisions.

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(policy_replay)

BOOST_AUTO_TEST_CASE(recorded_decisions_are_counted_by_what_they_were_and_are) {
  CliHost host;
  const std::string allowed = host.VerifyJson({}, kAllow).dump();
  const std::string audit = host.folder.Write("audit.jsonl", allowed + "\n{\"torn\n");
  host.folder.Write("audit.jsonl.1", allowed + "\n" + allowed + "\n");
  ChildResult result = host.Run({"policy", "replay", "--config", host.config_path(), audit});
  BOOST_TEST(result.exit_code == 0, result.log);
  BOOST_TEST(Has(result.out, "         3  allow              allow "));
  BOOST_TEST(Has(result.out, "         3  all\n"));
  BOOST_TEST(Has(result.out, "1 torn"));
  const auto json = OneLineOfJson(
      host.Run({"policy", "replay", "--json", "--config", host.config_path(), audit}));
  BOOST_TEST(json.value("decisions", 0) == 3);
  BOOST_TEST(json["changes"].empty());
}

BOOST_AUTO_TEST_CASE(an_audit_file_that_is_absent_is_said) {
  const CliHost host;
  const ChildResult result =
      host.Run({"policy", "replay", "--config", host.config_path(), host.folder / "none.jsonl"});
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "none.jsonl"));
}

BOOST_AUTO_TEST_SUITE_END()
