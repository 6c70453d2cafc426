// `jobwarden policy replay`, and `policy diff --audit`, over recorded decisions.

#include <utility>

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

BOOST_AUTO_TEST_CASE(each_claim_that_a_rule_names_is_found_however_it_is_spelled) {
  CliHost host;
  const std::string config = Slurp(host.config_path());
  auto record = host.VerifyJson({}, kAllow);
  record["claims"]["https://\"é\\/x"] = "yes\n";
  record["claims"]["of"] = {{"team", {"a", "b"}}};
  // Only ASCII, as some programs write the lines that pass through them.
  const std::string audit = host.folder.Write("audit.jsonl", record.dump(-1, ' ', true) + "\n");
  for (const auto& [claims, is_met] :
       {std::pair(R"("https://\"é\\/x" = "yes\n")", true),
        std::pair(R"("https://\"é\\/x" = "yes")", false), std::pair(R"("/of/team/1" = "b")", true),
        std::pair(R"("/of/team/0" = "b")", false), std::pair(R"(of = { exists = false })", false),
        std::pair(R"("none" = { exists = false })", true)}) {
    host.folder.Write("jobwarden.toml",
                      config + "[[deny]]\nname = \"named\"\nclaims = { " + claims + " }\n");
    const ChildResult result =
        host.Run({"policy", "replay", "--config", host.config_path(), audit});
    BOOST_TEST(result.exit_code == 0, result.log);
    BOOST_TEST(Has(result.out, is_met ? "         1  allow              deny "
                                      : "         1  allow              allow "),
               claims << ": " << result.log);
  }
}

BOOST_AUTO_TEST_CASE(a_decision_of_which_a_needed_claim_is_damaged_is_not_decided_again) {
  CliHost host;
  const std::string good = host.VerifyJson({}, kAllow).dump();
  std::string damaged = good;
  const std::string claim = R"("ref_protected":"true")";
  damaged.replace(damaged.find(claim), claim.size(), R"("ref_protected":"\x")");
  const std::string audit = host.folder.Write("audit.jsonl", good + "\n" + damaged + "\n");
  const ChildResult result = host.Run({"policy", "replay", "--config", host.config_path(), audit});
  BOOST_TEST(Has(result.out, "         1  all\n"));
  BOOST_TEST(Has(result.out, "1 decisions have no claims, facts or outcome that can be read"));
}

BOOST_AUTO_TEST_CASE(an_audit_file_that_is_absent_is_said) {
  const CliHost host;
  const ChildResult result =
      host.Run({"policy", "replay", "--config", host.config_path(), host.folder / "none.jsonl"});
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "none.jsonl"));
}

BOOST_AUTO_TEST_SUITE_END()
