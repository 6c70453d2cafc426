// `jobwarden verify`: what it reads, what it prints on which of the two streams, and how it ends.

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

// A file of facts with the ids of the host's job.
std::string FactsOf(const CliHost& host, const nlohmann::json& more = nlohmann::json::object()) {
  nlohmann::json facts = {{"job_id", host.job.id}, {"pipeline_id", "4410"}, {"ref", "main"}};
  facts.merge_patch(more);
  return host.folder.Write("facts.json", facts.dump());
}

// Calls `check` with what `verify` does with the host's token, from each place that it may be in.
template <class Check>
void ForEachSource(CliHost& host, const Check& check) {
  host.environment["A_TOKEN"] = host.token;
  const std::string file = host.folder.Write("token", "\n " + host.token + " \r\n");
  for (std::vector<std::string> words :
       {std::vector<std::string>{"verify", "--token-env", "A_TOKEN"},
        {"verify", "--token-file", file},
        {"verify", "--token-stdin"}}) {
    words.insert(words.end(), {"--config", host.config_path(), "--now", std::to_string(kIssuedAt)});
    BOOST_TEST_CONTEXT(words[1]) {
      check(host.Run(words, "\t" + host.token + "\n"));
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verify)

BOOST_AUTO_TEST_CASE(allowed_token_is_said_in_one_line_with_its_rule) {
  const CliHost host;
  const ChildResult result = host.Verify({"--facts", FactsOf(host)});
  BOOST_TEST(result.exit_code == kAllow);
  BOOST_TEST(result.out == "allowed by rule \"deploys\"\n");
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(denied_token_is_told_each_reason_on_standard_error) {
  CliHost host;
  host.job.ref_protected = false;
  host.token = TokenText(host.job, host.job.Token("JOBWARDEN_ID_TOKEN"), host.signer, kIssuedAt);
  const ChildResult denied = host.Run({"verify", "--token-stdin", "--config", host.config_path(),
                                       "--now", std::to_string(kIssuedAt + 86'400)},
                                      host.token);
  BOOST_TEST(denied.exit_code == kDeny);
  BOOST_TEST(denied.out == "denied\n");
  BOOST_TEST(Has(denied.err, "jobwarden: TOKEN_EXPIRED: "));
  BOOST_TEST(Has(denied.err, "jobwarden: NO_RULE_ALLOWS: "));
  BOOST_TEST(Has(denied.err, "\n  hint: "));
}

BOOST_AUTO_TEST_CASE(token_comes_from_a_variable_a_file_or_standard_input) {
  CliHost host;
  ForEachSource(host, [](const ChildResult& result) { BOOST_TEST(result.exit_code == kAllow); });
}

// GitLab lists up to 200 groups.
BOOST_AUTO_TEST_CASE(token_of_34_kb_is_accepted_and_one_over_64_kib_is_told_its_largest_claim) {
  CliHost host;
  const auto set_groups = [&](std::size_t count) {
    IdToken& token = host.job.Token("JOBWARDEN_ID_TOKEN");
    token.claims["groups_direct"] = std::vector<std::string>(count, std::string(125, 'g'));
    host.token = TokenText(host.job, token, host.signer, kIssuedAt);
  };
  set_groups(200);
  BOOST_TEST(host.token.size() > 34'000U);
  ForEachSource(host, [](const ChildResult& result) { BOOST_TEST(result.exit_code == kAllow); });
  set_groups(400);
  BOOST_TEST(host.token.size() > 65'536U);
  ForEachSource(host, [](const ChildResult& result) {
    BOOST_TEST(result.exit_code == kDeny);
    BOOST_TEST(Has(result.err, "MALFORMED_TOKEN: token: "));
    BOOST_TEST(Has(result.err,
                   "the limit is 65536; its largest claim is \"groups_direct\" (51201 bytes)"));
  });
}

BOOST_AUTO_TEST_CASE(token_must_come_from_exactly_one_of_them) {
  CliHost host;
  const ChildResult none = host.Run({"verify", "--config", host.config_path()}, host.token);
  BOOST_TEST(none.exit_code == kUsage);
  BOOST_TEST(Has(none.err, "jobwarden: CONFIG_INVALID: "));
  BOOST_TEST(Has(none.err, "\n  hint: see jobwarden --help\n"));
  BOOST_TEST(host.Verify({"--token-env", "A_TOKEN"}).exit_code == kUsage);
}

BOOST_AUTO_TEST_CASE(token_that_is_not_there_is_missing) {
  CliHost host;
  host.environment["BLANKS"] = " \n";
  const auto without = [&](std::vector<std::string> from) {
    from.insert(from.begin(), {"verify", "--config", host.config_path()});
    return host.Run(from);
  };
  const ChildResult variable = without({"--token-env", "A_TOKEN"});
  BOOST_TEST(variable.exit_code == kDeny);
  BOOST_TEST(variable.err == "jobwarden: TOKEN_MISSING: variable \"A_TOKEN\": no token there\n");
  BOOST_TEST(Has(without({"--token-env", "BLANKS"}).err, "TOKEN_MISSING: variable \"BLANKS\""));
  BOOST_TEST(without({"--token-stdin"}).err ==
             "jobwarden: TOKEN_MISSING: standard input: no token there\n");
  const std::string absent = host.folder / "absent";
  const ChildResult file = without({"--token-file", absent});
  BOOST_TEST(file.exit_code == kDeny);
  BOOST_TEST(Has(file.err, "TOKEN_MISSING: token file \"" + absent + "\": No such file"));
}

BOOST_AUTO_TEST_CASE(without_facts_nothing_is_bound_and_that_is_said) {
  const CliHost host;
  const ChildResult result = host.Verify();
  BOOST_TEST(result.exit_code == kAllow);
  BOOST_TEST(Has(result.err, "jobwarden: note: the token was not compared with a job"));
  BOOST_TEST(host.VerifyJson({}, kAllow)["bound"] == false);
}

BOOST_AUTO_TEST_CASE(facts_bind_the_token_to_their_job) {
  const CliHost host;
  const auto own = host.VerifyJson({"--facts", FactsOf(host)}, kAllow);
  BOOST_TEST(own["bound"] == true);
  BOOST_TEST(own["job"]["id"] == std::to_string(host.job.id));
  const auto other = host.VerifyJson({"--facts", FactsOf(host, {{"pipeline_id", 1}})}, kDeny);
  BOOST_TEST(CodesOf(other) == "JOB_MISMATCH");
  BOOST_TEST(other["findings"][0]["evidence"]["pipeline_id"]["expected"] == "1");
  BOOST_TEST(other["findings"][0]["evidence"]["pipeline_id"]["got"] == "4410");
}

BOOST_AUTO_TEST_CASE(facts_are_what_rules_see) {
  const CliHost host;
  host.folder.Write("jobwarden.toml", Slurp(host.config_path()) +
                                          "[[deny]]\nname = \"images\"\n"
                                          "facts = { image = \"evil/**\", services = \"dind\" }\n");
  const auto denied = host.VerifyJson(
      {"--facts", FactsOf(host, {{"image", "evil/x"}, {"services", {"redis", "dind"}}})}, kDeny);
  BOOST_TEST(CodesOf(denied) == "RULE_DENIED");
  BOOST_TEST(denied["facts"]["services"] == nlohmann::json({"redis", "dind"}));
  host.VerifyJson({"--facts", FactsOf(host, {{"image", "good/x"}, {"services", {"dind"}}})},
                  kAllow);
}

BOOST_AUTO_TEST_CASE(facts_that_cannot_be_read_are_a_usage_error_that_lists_them_all) {
  const CliHost host;
  const auto refusal = [&](const std::string& text) {
    const ChildResult result = host.Verify({"--facts", host.folder.Write("facts.json", text)});
    BOOST_TEST(result.exit_code == kUsage, text);
    BOOST_TEST(result.out == "");
    return result.err;
  };
  BOOST_TEST(Has(refusal(R"({"job_idd":"1","fork":"yes","services":"x"})"),
                 "unknown fact \"job_idd\"\n  hint: did you mean \"job_id\"?\n"));
  BOOST_TEST(
      Has(refusal(R"({"job_idd":"1","fork":"yes"})"), "fork: expected a boolean, got string\n"));
  BOOST_TEST(Has(refusal(R"({"services":["a",1]})"), "services: expected strings\n"));
  BOOST_TEST(Has(refusal(R"({"ref":["main"]})"), "ref: expected a string, got array\n"));
  BOOST_TEST(Has(refusal("[]"), "expected an object, got array\n"));
  BOOST_TEST(Has(refusal("{"), "not valid JSON"));
  const ChildResult absent = host.Verify({"--facts", host.folder / "absent"});
  BOOST_TEST(absent.exit_code == kUsage);
  BOOST_TEST(Has(absent.err, "facts file"));
}

BOOST_AUTO_TEST_CASE(now_is_the_time_that_the_token_is_verified_at) {
  const CliHost host;
  const auto at = [&](std::time_t time) {
    return host.Run({"verify", "--token-stdin", "--config", host.config_path(), "--now",
                     std::to_string(time), "--json"},
                    host.token);
  };
  BOOST_TEST(OneLineOfJson(at(kIssuedAt))["outcome"] == "allow");
  BOOST_TEST(OneLineOfJson(at(kIssuedAt))["time"] == "2027-01-15T08:00:00Z");
  BOOST_TEST(CodesOf(OneLineOfJson(at(kIssuedAt - 3600))) ==
             "TOKEN_NOT_YET_VALID TOKEN_NOT_YET_VALID");  // nbf and iat
  BOOST_TEST(CodesOf(OneLineOfJson(at(kIssuedAt + 86'400))) == "TOKEN_EXPIRED");
  const ChildResult words = host.Run({"verify", "--token-stdin", "--now", "noon"}, host.token);
  BOOST_TEST(words.exit_code == kUsage);
  BOOST_TEST(Has(words.err, "--now"));
}

BOOST_AUTO_TEST_CASE(issuer_is_the_one_that_is_named) {
  const CliHost host;
  BOOST_TEST(host.Verify({"--issuer", "gitlab"}).exit_code == kAllow);
  const ChildResult unknown = host.Verify({"--issuer", "gitlub"});
  BOOST_TEST(unknown.exit_code == kUsage);
  BOOST_TEST(Has(unknown.err, "CONFIG_INVALID: no issuer has the name \"gitlub\""));
}

BOOST_AUTO_TEST_CASE(json_is_the_record_on_one_line_and_nothing_else) {
  const CliHost host;
  const ChildResult result = host.Verify({"--json"});
  BOOST_TEST(result.err == "");
  const auto record = OneLineOfJson(result);
  BOOST_TEST(record["format"] == 1);
  BOOST_TEST(record["outcome"] == "allow");
  BOOST_TEST(record["rule"] == "deploys");
  BOOST_TEST(record["claims"]["project_path"] == "shop/checkout");
  BOOST_TEST(record["token"]["alg"] == "EdDSA");
  BOOST_TEST(Lacks(result.out, host.token));
  BOOST_TEST(Lacks(result.out, host.token.substr(host.token.rfind('.') + 1)));
}

BOOST_AUTO_TEST_CASE(json_is_printed_for_errors_too) {
  CliHost host;
  host.environment["EMPTY"] = "";
  struct Case {
    std::vector<std::string> words;
    int exit_code;
    const char* outcome;
    const char* code;
  };
  const std::string config = host.config_path();
  const std::string broken = host.folder.Write("broken.toml", "version = 2\n");
  const std::string facts = host.folder.Write("broken.json", "{");
  const Case cases[] = {
      {{"--config", config, "--token-env", "EMPTY"}, kDeny, "deny", "TOKEN_MISSING"},
      {{"--config", config, "--token-stdin"}, kDeny, "deny", "MALFORMED_TOKEN"},
      {{"--config", broken, "--token-stdin"}, kUsage, "usage", "CONFIG_INVALID"},
      {{"--config", host.folder / "absent", "--token-stdin"}, kUsage, "usage", "CONFIG_INVALID"},
      {{"--config", config, "--token-stdin", "--issuer", "x"}, kUsage, "usage", "CONFIG_INVALID"},
      {{"--config", config, "--token-stdin", "--facts", facts}, kUsage, "usage", "CONFIG_INVALID"},
      {{"--config", config}, kUsage, "usage", "CONFIG_INVALID"},
      {{"--config", config, "--token-stdin", "--nonsense"}, kUsage, "usage", "CONFIG_INVALID"},
      {{"--config", config, "--token-stdin", "--now", "noon"}, kUsage, "usage", "CONFIG_INVALID"}};
  for (const Case& each : cases) {
    std::vector<std::string> words = {"verify", "--json"};
    words.insert(words.end(), each.words.begin(), each.words.end());
    const ChildResult result = host.Run(words, "not a token");
    BOOST_TEST_CONTEXT(each.words.back()) {
      BOOST_TEST(result.exit_code == each.exit_code);
      BOOST_TEST(result.err == "");
      const auto answer = OneLineOfJson(result);
      BOOST_TEST(answer["format"] == 1);
      BOOST_TEST(answer["outcome"] == each.outcome);
      BOOST_TEST(CodesOf(answer).starts_with(each.code), CodesOf(answer));
      BOOST_TEST(answer["findings"][0]["message"].is_string());
    }
  }
}

BOOST_AUTO_TEST_CASE(token_in_the_place_of_a_word_is_not_repeated) {
  const CliHost host;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"verify", host.token},
        std::vector<std::string>{"verify", "--token-stdin", "--now", host.token},
        std::vector<std::string>{host.token}, std::vector<std::string>{"verify", "--" + host.token},
        std::vector<std::string>{"inspect", "--json", host.token}}) {
    const ChildResult result = host.Run(words);
    BOOST_TEST(result.exit_code == kUsage, result.log);
    BOOST_TEST(Lacks(result.log, host.token.substr(0, 20)));
    BOOST_TEST(Lacks(result.log, host.token.substr(host.token.rfind('.') + 1)));
  }
}

BOOST_AUTO_TEST_CASE(answer_that_nobody_gets_is_an_error) {
  const CliHost host;
  for (const char* json : {"", "--json"}) {
    ChildOptions options;
    options.command = {"/bin/sh", "-c",
                       "exec \"$0\" verify --token-stdin --now " + std::to_string(kIssuedAt) + " " +
                           json + " --config \"$1\" > /dev/full",
                       Program("jobwarden"), host.config_path()};
    options.input = host.token;
    const ChildResult full = RunChild(options);
    BOOST_TEST(full.exit_code == kError);
    BOOST_TEST(Has(full.err, "jobwarden: standard output: No space left on device\n"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
