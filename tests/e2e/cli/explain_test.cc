// `jobwarden policy explain` as an administrator calls it.

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

ChildResult Explain(const CliHost& host, std::vector<std::string> more,
                    const std::string& input = "") {
  std::vector<std::string> words = {"policy", "explain", "--config", host.config_path()};
  words.insert(words.end(), more.begin(), more.end());
  return host.Run(words, input);
}

// An audit file with a denial, among lines of another kind; and the denial's id.
struct Audited {
  CliHost host;
  std::string id;
  std::string file;

  Audited() {
    host.job.ref_protected = false;
    host.token = TokenText(host.job, host.job.Token("JOBWARDEN_ID_TOKEN"), host.signer, kIssuedAt);
    const nlohmann::json other = host.VerifyJson({}, kDeny);
    nlohmann::json denied = host.VerifyJson({}, kDeny);
    id = denied["id"];
    BOOST_TEST(other["id"] != id);
    denied["brand_new"] = 1;  // as a newer version may write
    file = host.folder.Write("audit.jsonl",
                             other.dump() + "\n{\"torn\n{\"foreign\":1}\n" + denied.dump() + "\n");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(explain)

BOOST_AUTO_TEST_CASE(a_token_is_verified_and_its_job_explained) {
  const CliHost host;
  const std::string now = std::to_string(kIssuedAt + 60);
  const ChildResult result = Explain(host, {"--token-stdin", "--now", now}, host.token);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.out, "allowed by rule \"deploys\" (the token is verified)\n"));
  BOOST_TEST(Has(result.out, "allow rule \"deploys\": allows the job ("));
  BOOST_TEST(Has(result.out, "  met      claims.ref_protected: expected true, got \"true\" ("));
  BOOST_TEST(Lacks(result.log, host.token));
}

BOOST_AUTO_TEST_CASE(a_token_with_a_fault_is_only_decoded_and_the_fault_is_said) {
  const CliHost host;
  const std::string late = std::to_string(kIssuedAt + 100'000);
  const ChildResult result = Explain(host, {"--token-stdin", "--now", late}, host.token);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.out, "denied (the token is only decoded"));
  BOOST_TEST(Has(result.out, "  TOKEN_EXPIRED: "));
  BOOST_TEST(Has(result.out, "allow rule \"deploys\": allows the job ("));

  std::filesystem::remove(host.keys_path());
  const auto json =
      OneLineOfJson(Explain(host, {"--token-stdin", "--decode", "--json"}, host.token));
  BOOST_TEST(json["proof"] == "decoded");
  BOOST_TEST(json["outcome"] == "allow");
  BOOST_TEST(json["rules"][0]["matchers"][0]["met"] == true);
  BOOST_TEST(Explain(host, {"--token-stdin"}, "no.token").exit_code == kUsage - 1);
}

BOOST_AUTO_TEST_CASE(a_job_still_to_come_is_explained_from_claims_and_facts) {
  const CliHost host;
  const std::string claims = host.folder.Write(
      "claims.json", R"({"project_path":"shop/web","ref_protected":"false","ref":"main"})");
  const std::string facts = host.folder.Write("facts.json", R"({"image":"alpine"})");
  const ChildResult result =
      Explain(host, {"--claims", claims, "--facts", facts, "--variable", "CI_JOB_TOKEN"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.out, "denied (claims and facts are as they were given"));
  BOOST_TEST(Has(result.out, "  not met  claims.ref_protected: expected true, got \"false\" (" +
                                 host.config_path() + ":13:"));
  BOOST_TEST(Has(result.out, "  CI_JOB_TOKEN: no exposure.rule fits"));
  const ChildResult wrong =
      Explain(host, {"--facts", host.folder.Write("x.json", R"({"imag":1})")});
  BOOST_TEST(wrong.exit_code == kUsage);
  BOOST_TEST(Has(wrong.err, "unknown fact \"imag\""));
}

BOOST_AUTO_TEST_CASE(a_denial_of_the_audit_file_is_explained_by_the_id_that_its_job_log_has) {
  const Audited audited;
  std::string aloud = audited.id;
  for (char& c : aloud) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  aloud.insert(8, "-");
  for (const std::string& id : {audited.id, aloud}) {
    const ChildResult result = Explain(audited.host, {"--id", id, audited.file});
    BOOST_TEST(result.exit_code == 0, result.log);
    BOOST_TEST(Has(result.out, "decision " + audited.id + ", "));
    BOOST_TEST(
        Has(result.out, "  NO_RULE_ALLOWS: no rule allows this job; nearest is \"deploys\": "));
    BOOST_TEST(Has(result.out, "denied (claims and facts are those of the audit line)\n"));
    BOOST_TEST(Has(result.out, "  not met  claims.ref_protected: expected true, got \"false\" ("));
    BOOST_TEST(Lacks(result.out, "note: this policy is not the one"));
  }
  const auto json =
      OneLineOfJson(Explain(audited.host, {"--id", audited.id, "--json", audited.file}));
  BOOST_TEST(json["record"]["id"] == audited.id);
  BOOST_TEST(json["same_policy"] == true);
}

BOOST_AUTO_TEST_CASE(requests_for_id_tokens_of_the_job_s_steps_are_shown_with_its_decision) {
  const Audited audited;
  const auto request = [](const std::string& id, const std::string& time, const std::string& rest) {
    return R"({"format":1,"id":")" + id + R"(","kind":"id_token_request","time":")" + time + "\"," +
           rest + "}\n";
  };
  const std::string file = audited.host.folder.Write(
      "audit.jsonl",
      request(audited.id, "2026-11-22T10:00:09Z",
              R"("outcome":"deny","step":"push","audience":"b\u001b","findings":)"
              R"([{"code":"AUDIENCE_MISMATCH","severity":"error","message":"not b"}])") +
          request("abcdefgh12345678", "2026-11-22T10:00:08Z",
                  R"("outcome":"allow","step":"foreign","findings":[])") +
          request(audited.id, "2026-11-22T10:00:07Z",
                  R"("outcome":"allow","step":"sign","audience":"sigstore","findings":[])") +
          Slurp(audited.file));
  const ChildResult result = Explain(audited.host, {"--id", audited.id, file});
  BOOST_TEST(Has(result.out,
                 "its steps' requests for id_tokens:\n"
                 "  2026-11-22T10:00:07Z: step \"sign\" asked for \"sigstore\": got an id_token\n"
                 "  2026-11-22T10:00:09Z: step \"push\" asked for \"b\\u001b\": got none; "
                 "AUDIENCE_MISMATCH: not b\n"));
  BOOST_TEST(Lacks(result.out, "foreign"));
  const auto json = OneLineOfJson(Explain(audited.host, {"--id", audited.id, "--json", file}));
  BOOST_TEST(json["requests"].size() == 2U);
  BOOST_TEST(json["requests"][1]["step"] == "push");
}

BOOST_AUTO_TEST_CASE(what_a_job_wrote_into_the_audit_file_does_nothing_to_the_terminal) {
  Audited audited;
  auto forged = audited.host.VerifyJson({}, kDeny);
  forged["findings"][0]["message"] = "so\x1b[2J" + std::string(300, 'a');
  forged["findings"][0]["hint"] = "\x1b[31mred\xC2\x9B";
  forged["rule"] = "\x1b]0;title";
  const std::string file = audited.host.folder.Write("forged.jsonl", forged.dump() + "\n");
  const ChildResult shown = Explain(audited.host, {"--id", forged["id"].get<std::string>(), file});
  BOOST_TEST(shown.exit_code == 0);
  BOOST_TEST(Has(shown.out, "so\\u001b[2J" + std::string(300, 'a') + "\n"));
  BOOST_TEST(Has(shown.out, "hint: \\u001b[31mred\\u009b\n"));
  BOOST_TEST(Lacks(shown.log, "\x1b"));
  forged["outcome"] = "allow";
  forged["id"] = "\x1b[1m";
  audited.host.folder.Write("forged.jsonl", forged.dump() + "\n");
  const ChildResult replayed =
      audited.host.Run({"policy", "replay", "--config", audited.host.config_path(), file});
  BOOST_TEST(Has(replayed.out, "(\\u001b]0;title) -> deny (NO_RULE_ALLOWS)"));
  BOOST_TEST(Lacks(replayed.log, "\x1b"));
}

BOOST_AUTO_TEST_CASE(without_a_named_audit_file_that_of_the_configuration_is_read) {
  const Audited audited;
  const std::string policy = Slurp(audited.host.config_path());
  audited.host.folder.Write("jobwarden.toml",
                            policy + "[audit]\nfile = \"" + audited.file + "\"\n");
  const ChildResult result = Explain(audited.host, {"--id", audited.id});
  BOOST_TEST(result.exit_code == 0, result.log);
  // The configuration has changed since the decision.
  BOOST_TEST(Has(result.out, "note: this policy is not the one that decided (policy_sha256 \""));
}

BOOST_AUTO_TEST_CASE(a_policy_that_is_gone_leaves_what_was_recorded) {
  const Audited audited;
  std::filesystem::remove(audited.host.config_path());
  const ChildResult result = Explain(audited.host, {"--id", audited.id, audited.file});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.out, "decision " + audited.id + ", "));
  BOOST_TEST(Has(result.out, "  NO_RULE_ALLOWS: "));
  BOOST_TEST(Has(result.err, "CONFIG_INVALID: "));
  BOOST_TEST(Has(result.err, "the policy that decided had the policy_sha256 "));
  const auto json =
      OneLineOfJson(Explain(audited.host, {"--id", audited.id, "--json", audited.file}));
  BOOST_TEST(json["record"]["id"] == audited.id);
  BOOST_TEST(json["findings"][0]["code"] == "CONFIG_INVALID");
}

BOOST_AUTO_TEST_CASE(an_id_that_is_not_there_says_what_was_read) {
  const Audited audited;
  const ChildResult result = Explain(audited.host, {"--id", "0000000000000000", audited.file});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.err, "none of 2 decisions in \"" + audited.file + "\" has the id"));
  BOOST_TEST(Has(result.err, "1 torn, 1 foreign"));
  BOOST_TEST(Has(Explain(audited.host, {"--id", "12", audited.file}).err,
                 "--id: expected 16 letters and digits, got \"12\""));
  BOOST_TEST(Has(Explain(audited.host, {"--id", audited.id}).err, "no audit file is named"));
  BOOST_TEST(Explain(audited.host, {"--id", audited.id, "--claims", "x"}).exit_code == kUsage);
}

BOOST_AUTO_TEST_SUITE_END()
