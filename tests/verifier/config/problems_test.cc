// What is refused, to the letter: these lines are what an administrator reads.

#include "tests/verifier/config/support.h"
#include "verifier/base/text.h"
#include "verifier/policy/lint_code.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

// The one refusal of the good configuration with one line of it written again.
std::string RefusalWhere(const std::string& line, const std::string& anew) {
  std::string text = kGood;
  const std::size_t at = text.find(line);
  BOOST_REQUIRE(at != std::string::npos);
  text.replace(at, line.size(), anew);
  const auto all = Refusals(text);
  BOOST_TEST(all.size() == 1U, "the number of refusals: " << all.size());
  return all.empty() ? "accepted" : all.front();
}

struct Case {
  std::string text;
  std::string refusal;
};

// Each text stands in line 7 of the good configuration.
void CheckAll(const std::vector<Case>& cases) {
  for (const auto& [text, refusal] : cases) BOOST_TEST(RefusalWith(text) == refusal);
}

// Each text stands in line 8, in a table; `Rule` that of an allow rule that is good without it.
void CheckIn(const std::string& heading, const std::vector<Case>& cases) {
  for (const auto& [text, refusal] : cases) {
    BOOST_TEST(RefusalWith("[" + heading + "]\n" + text) == refusal);
  }
}

void CheckInRule(const std::vector<Case>& cases) {
  for (const auto& [text, refusal] : cases) {
    BOOST_TEST(RefusalWith("[[allow]]\n" + text + "\nname = \"a\"\nfacts.ref = \"main\"") ==
               refusal);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(problems)

BOOST_AUTO_TEST_CASE(text_that_is_not_toml_is_one_problem_with_its_place) {
  BOOST_TEST(
      Refusals("version = 1\n[fork\naction = \"deny\"\n") ==
      std::vector<std::string>{"c.toml:2:6: not TOML: error while parsing table header: "
                               "expected ']', saw '\\n' | a header is [name], or [[name]] for "
                               "one of several"});
  BOOST_TEST(Refusals("version = 1\nversion = 1\n").size() == 1U);
  BOOST_TEST(
      Refusals("version = 1\n[+fork]\n") ==
      std::vector<std::string>{"c.toml:2:2: not TOML: error while parsing key: expected bare "
                               "key starting character or string delimiter, saw '+'"});
  BOOST_TEST(Refusals("version = 1\nhelp = \"\xff\"\n") ==
             std::vector<std::string>{"c.toml:2:8: not TOML: encountered invalid utf-8 sequence"});
}

BOOST_AUTO_TEST_CASE(a_letter_outside_strings_is_no_blank_and_one_inside_is_fine) {
  BOOST_TEST(Refusals("mode = \u00e9\"report\"\n") ==
             std::vector<std::string>{"c.toml:1:8: not TOML: error while parsing value: could not "
                                      "determine value type | write text in double quotes"});
  const auto config = Parse("help = \"\"\"a \\\n  \u00e9\"\"\" # \u00e9\n" + kGood);
  BOOST_REQUIRE(config);
  BOOST_TEST(config->help == "a \u00e9");
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  const std::string deep = "x = " + std::string(300, '[') + std::string(300, ']') + "\n";
  BOOST_TEST(Refusals(deep).size() == 1U);
  std::string dots = "a";
  for (int i = 0; i < 257; ++i) dots += ".a";
  BOOST_TEST(Refusals("\n" + dots + " = 1\n") ==
             std::vector<std::string>{"c.toml:2:1: more than 256 dots in one line | "
                                      "write a long list on several lines"});
}

BOOST_AUTO_TEST_CASE(all_problems_are_listed_in_the_order_of_the_file) {
  BOOST_TEST(Refusals("version = 1\nmod = 1\nhelp = 2\n[[allow]]\n[fork]\naction = \"x\"\n") ==
                 (std::vector<std::string>{
                     "c.toml:1:1: missing key \"issuer\" | add an [[issuer]]",
                     "c.toml:2:1: unknown key \"mod\" | did you mean \"mode\"?",
                     "c.toml:3:8: help: expected a string, got a whole number",
                     "c.toml:4:1: missing key \"name\" in [[allow]] | add name = \"deploys\"",
                     "c.toml:4:1: a rule in [[allow]] without claims and facts would allow every "
                     "job | give it claims, for example claims = { project_path = \"group/*\" }",
                     "c.toml:6:10: fork.action: expected \"deny\" or \"allow\", got \"x\"",
                 }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_file_lacks_version_and_issuer) {
  BOOST_TEST(Refusals("") == (std::vector<std::string>{
                                 "c.toml:1:1: missing key \"version\" | add version = 1",
                                 "c.toml:1:1: missing key \"issuer\" | add an [[issuer]]",
                             }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(settings_at_the_top_are_checked) {
  BOOST_TEST(RefusalWhere("version = 1", "version = 2") ==
             "c.toml:1:11: version: expected 1, got 2");
  BOOST_TEST(RefusalWhere("version = 1", "version = \"1\"") ==
             "c.toml:1:11: version: expected 1, got a string");
  const auto top = [](const std::string& line) {
    return RefusalWhere("version = 1\n", "version = 1\n" + line + "\n");
  };
  BOOST_TEST(top("mode = \"Report\"") ==
             "c.toml:2:8: mode: expected \"enforce\" or \"report\", got \"Report\" | "
             "did you mean \"report\"?");
  BOOST_TEST(top("help = \"a\\nb\"") ==
             "c.toml:2:8: help: expected one line without control characters, got \"a\\nb\"");
  BOOST_TEST(top("state_dir = \"state\"") ==
             "c.toml:2:13: state_dir: expected an absolute path, got \"state\"");
  BOOST_TEST(top("Version = 1") ==
             "c.toml:2:1: unknown key \"Version\" | did you mean \"version\"?");
  BOOST_TEST(top("zzzzzzzz = 1") ==
             "c.toml:2:1: unknown key \"zzzzzzzz\" | known keys: version, mode, help, state_dir, "
             "issuer, allow, deny, policy, fork, exposure, executor, github, audit, serve");
}

BOOST_AUTO_TEST_CASE(an_issuer_must_be_complete) {
  BOOST_TEST(RefusalWhere("name = \"gitlab\"\n", "") ==
             "c.toml:2:1: missing key \"name\" in [[issuer]] | add name = \"gitlab\"");
  BOOST_TEST(RefusalWhere("provider = \"gitlab\"\n", "") ==
             "c.toml:2:1: missing key \"provider\" in [[issuer]] | add provider = \"gitlab\"");
  BOOST_TEST(RefusalWhere("url = \"https://gitlab.example.com\"\n", "") ==
             "c.toml:2:1: missing key \"url\" in [[issuer]] | "
             "add url = \"https://gitlab.example.com\"");
  BOOST_TEST(RefusalWhere("audience = \"runner\"\n", "") ==
             "c.toml:2:1: missing key \"audience\" in [[issuer]] | "
             "add audience = \"https://ci-runners.example.com\"");
  BOOST_TEST(Refusals("version = 1\nissuer = []\n") ==
             std::vector<std::string>{"c.toml:2:10: issuer: is an empty list"});
  BOOST_TEST(Refusals("version = 1\n[issuer]\nname = \"x\"\n") ==
             std::vector<std::string>{
                 "c.toml:2:1: issuer: expected a list of tables, got a table | write [[issuer]]"});
}

BOOST_AUTO_TEST_CASE(an_issuers_name_becomes_the_name_of_a_file) {
  for (const std::string name : {"", "a b", "../a", "a/b", "a.b", "ä"}) {
    BOOST_TEST(RefusalWhere("name = \"gitlab\"", "name = \"" + name + "\"") ==
               "c.toml:3:8: issuer.name: expected 1 to 64 of A-Z a-z 0-9 _ -, got \"" + name +
                   "\" | a file of this name keeps its key set");
  }
  std::string text = kGood;
  text.replace(text.find("gitlab"), 6, std::string(64, 'n'));
  BOOST_TEST(bool(Parse(text)));
  text.insert(text.find("nnn"), "n");
  BOOST_TEST(!Parse(text));
}

BOOST_AUTO_TEST_CASE(settings_of_an_issuer_are_checked) {
  BOOST_TEST(RefusalWhere("\"gitlab\"\nurl", "\"gitlub\"\nurl") ==
             "c.toml:4:12: issuer.provider: expected \"gitlab\" or \"github\", got \"gitlub\" | "
             "did you mean \"gitlab\"?");
  BOOST_TEST(RefusalWhere("https://gitlab.example.com", "http://gitlab.example.com") ==
             "c.toml:5:7: issuer.url: expected an https:// URL (http:// is for loopback only), "
             "got \"http://gitlab.example.com\" | where there is no https, pin the keys: "
             "issuer.keys.file");
  BOOST_TEST(RefusalWhere("\"runner\"", "\"\"") == "c.toml:6:12: issuer.audience: is empty");
  BOOST_TEST(RefusalWhere("\"runner\"", "[]") == "c.toml:6:12: issuer.audience: is an empty list");
  BOOST_TEST(RefusalWhere("\"runner\"", "[\"a\", 1]") ==
             "c.toml:6:18: issuer.audience: expected a string or a list of strings, got a whole "
             "number");
  CheckAll({
      {"algorithms = []", "c.toml:7:14: issuer.algorithms: is an empty list"},
      {"algorithms = \"RS256\"",
       "c.toml:7:14: issuer.algorithms: expected a list of strings, got a string"},
      {"algorithms = [\"RS256\", \"rs512\"]",
       "c.toml:7:24: issuer.algorithms: expected one of \"RS256\", \"RS384\", \"RS512\", "
       "\"PS256\", "
       "\"PS384\", \"PS512\", \"ES256\", \"ES384\", \"ES512\", \"EdDSA\", got \"rs512\" | did you "
       "mean \"RS512\"?"},
      {"leeway = 30",
       "c.toml:7:10: issuer.leeway: expected a duration, got a whole number | a whole number and a "
       "unit, s, m, h or d: \"90s\", \"24h\""},
      {"leeway = \"30\"",
       "c.toml:7:10: issuer.leeway: expected a duration, got \"30\" | a whole number and a unit, "
       "s, m, h or d: \"90s\", \"24h\""},
      {"leeway = \"11m\"", "c.toml:7:10: issuer.leeway: expected 0s to 10m, got \"11m\""},
      {"max_lifetime = \"59s\"",
       "c.toml:7:16: issuer.max_lifetime: expected 1m to 31d, got \"59s\""},
      {"server_url = \"gitlab.example.com\"",
       "c.toml:7:14: issuer.server_url: expected an https:// or http:// URL, got "
       "\"gitlab.example.com\""},
      {"keys = true", "c.toml:7:8: issuer.keys: expected a table, got true or false"},
      {"key.url = \"x\"", "c.toml:7:1: unknown key \"key\" in [[issuer]] | did you mean \"keys\"?"},
  });
}

BOOST_AUTO_TEST_CASE(durations_at_their_bounds_are_accepted) {
  for (const char* line :
       {"leeway = \"0s\"", "leeway = \"10m\"", "leeway = \"600s\"", "max_lifetime = \"1m\"",
        "max_lifetime = \"31d\"", "keys.timeout = \"1s\"", "keys.timeout = \"1m\"",
        "keys.max_age = \"30d\"", "keys.stale_for = \"0s\"", "keys.cooldown = \"1h\""}) {
    BOOST_TEST(bool(Parse(kGood + line)), line);
  }
  for (const char* duration : {"", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1w",
                               "1ms", "99999999999s", "4294967295d", "0x1s"}) {
    BOOST_TEST(!Parse(kGood + "leeway = \"" + duration + "\""), duration);
  }
}

BOOST_AUTO_TEST_CASE(where_keys_come_from_is_checked) {
  CheckIn(
      "issuer.keys",
      {
          {"url = \"http://gitlab.example.com/keys\"",
           "c.toml:8:7: issuer.keys.url: expected an https:// URL (http:// is for loopback "
           "only), got \"http://gitlab.example.com/keys\""},
          {"proxy = \"https://proxy.example.com\"",
           "c.toml:8:9: issuer.keys.proxy: expected an http:// URL, got "
           "\"https://proxy.example.com\""},
          {"file = \"keys.json\"",
           "c.toml:8:8: issuer.keys.file: expected an absolute path, got \"keys.json\""},
          {"timeout = \"0s\"", "c.toml:8:11: issuer.keys.timeout: expected 1s to 1m, got \"0s\""},
          {"cool_down = \"1h\"",
           "c.toml:8:1: unknown key \"cool_down\" in [issuer.keys] | did you mean \"cooldown\"?"},
          {"file = \"/k.json\"\nca_file = \"/ca.pem\"",
           "c.toml:9:11: issuer.keys.ca_file contradicts issuer.keys.file: pinned keys are "
           "never fetched | keep one of them"},
      });
}

BOOST_AUTO_TEST_CASE(issuers_must_be_told_apart) {
  const std::string more = kGood.substr(kGood.find("[[issuer]]"));
  BOOST_TEST(Refusals(kGood + more) ==
                 (std::vector<std::string>{
                     "c.toml:8:8: two [[issuer]] have the name \"gitlab\", the other at c.toml:3:8",
                     "c.toml:11:12: two [[issuer]] have this url and an audience in common, the "
                     "other at c.toml:6:12 | a token must belong to one of them: give each an "
                     "audience of its own",
                 }),
             boost::test_tools::per_element());
  std::string other = more;
  other.replace(other.find("gitlab"), 6, "second");
  BOOST_TEST(Refusals(kGood + other).size() == 1U);
  other.replace(other.find("runner"), 6, "other");
  BOOST_TEST(bool(Parse(kGood + other)));
}

BOOST_AUTO_TEST_CASE(a_rule_must_have_a_name_of_its_own) {
  BOOST_TEST(RefusalWith("[[allow]]\nfacts.ref = \"x\"\n") ==
             "c.toml:7:1: missing key \"name\" in [[allow]] | add name = \"deploys\"");
  BOOST_TEST(RefusalWith("[[deny]]\nname = \"\"\n") == "c.toml:8:8: deny.name: is empty");
  BOOST_TEST(RefusalWith("[[deny]]\nname = \"x\"\n[[allow]]\nname = \"x\"\nfacts.ref = \"x\"\n") ==
             "c.toml:10:8: two rules have the name \"x\", the other at c.toml:8:8");
  BOOST_TEST(RefusalWith("allow = 1") ==
             "c.toml:7:1: unknown key \"allow\" in [[issuer]] | known keys: name, provider, url, "
             "audience, algorithms, leeway, max_lifetime, server_url, keys");
  BOOST_TEST(RefusalWith("[allow]\nname = \"x\"") ==
             "c.toml:7:1: allow: expected a list of tables, got a table | write [[allow]]");
}

BOOST_AUTO_TEST_CASE(a_rule_that_would_allow_every_job_is_refused) {
  const std::string refusal =
      "c.toml:7:1: a rule in [[allow]] without claims and facts would allow every job | give it "
      "claims, for example claims = { project_path = \"group/*\" }";
  BOOST_TEST(RefusalWith("[[allow]]\nname = \"x\"") == refusal);
  BOOST_TEST(RefusalWith("[[allow]]\nname = \"x\"\nclaims = {}\nfacts = {}") == refusal);
  BOOST_TEST(RefusalWith("[[allow]]\nname = \"x\"\ntokenless = true") ==
             "c.toml:7:1: a tokenless rule in [[allow]] without facts would allow every job | give "
             "it facts, for example facts = { project_path = \"group/*\" }");
}

BOOST_AUTO_TEST_CASE(a_rule_that_denies_every_job_is_accepted) {
  BOOST_TEST(bool(Parse(kGood + "[[deny]]\nname = \"maintenance\"")));
}

BOOST_AUTO_TEST_CASE(a_tokenless_rule_has_neither_claims_nor_an_issuer) {
  CheckInRule({
      {"tokenless = true\nclaims.ref = \"x\"",
       "c.toml:9:1: allow.claims: a tokenless rule has none, because a job without a token has "
       "none | "
       "match on facts alone, or leave tokenless out"},
      {"tokenless = true\nissuer = \"gitlab\"",
       "c.toml:9:10: allow.issuer: a tokenless rule has none, because a job without a token has "
       "none | "
       "leave one of them out"},
      {"tokenless = \"true\"",
       "c.toml:8:13: allow.tokenless: expected true or false, got a string | "
       "write true without quotes"},
  });
  BOOST_TEST(
      RefusalWith("[[deny]]\nname = \"x\"\ntokenless = true") ==
      "c.toml:9:1: unknown key \"tokenless\" in [[deny]] | known keys: name, issuer, claims, "
      "facts, mode");
}

BOOST_AUTO_TEST_CASE(a_rule_names_an_issuer_that_is_there) {
  CheckInRule({
      {"issuer = \"gitlap\"",
       "c.toml:8:10: no [[issuer]] has the name \"gitlap\" | did you mean \"gitlab\"?"},
      {"issuer = \"another\"",
       "c.toml:8:10: no [[issuer]] has the name \"another\" | one of \"gitlab\""},
  });
}

BOOST_AUTO_TEST_CASE(an_allow_rule_names_its_issuer_where_there_are_several) {
  const std::string second =
      "[[issuer]]\nname = \"b\"\nprovider = \"gitlab\"\nurl = \"https://b.example\"\naudience = "
      "\"b\"\n";
  const std::string rules =
      "[[deny]]\nname = \"d\"\nclaims.ref = \"x\"\n[[allow]]\nname = \"t\"\ntokenless = true\n"
      "facts.ref = \"x\"\n[[allow]]\nname = \"a\"\nclaims.ref = \"x\"\n";
  BOOST_TEST(bool(Parse(kGood + rules)));
  BOOST_TEST(RefusalWith(second + rules) ==
             "c.toml:19:1: missing key \"issuer\" in [[allow]]: several are configured | one of "
             "\"gitlab\", \"b\"");
  BOOST_TEST(bool(Parse(kGood + second + rules + "issuer = \"b\"")));
}

BOOST_AUTO_TEST_CASE(conditions_are_refused_with_their_place) {
  CheckInRule({
      {"claims = { ref = [] }",
       "c.toml:8:18: allow.claims.ref: expected a list of at least one element, got an empty one"},
      {"claims = { ref = \"a\", \"x y\" = { regx = \"a\" } }",
       "c.toml:8:33: allow.claims.\"x y\": expected any, not, regex or exists, got \"regx\" | did "
       "you mean regex?"},
      {"claims.since = 1979-05-27",
       "c.toml:8:16: allow.claims.since: a date or time cannot be compared | write it as a "
       "string"},
      {"claims.a = [[1979-05-27]]",
       "c.toml:8:12: allow.claims.a: a date or time cannot be compared | write it as a string"},
      {"claims = { \"\" = 1 }", "c.toml:8:12: allow.claims: a name is empty"},
      {"claims = { \"/a~2\" = 1 }",
       "c.toml:8:12: allow.claims: \"/a~2\" is not a JSON pointer | write ~0 for ~, and ~1 for / "
       "within a name"},
      {"claims = \"main\"",
       "c.toml:8:10: allow.claims: expected a table, got a string | for example { project_path = "
       "\"group/*\" }"},
      {"claims = { ref = [] }",
       "c.toml:8:18: allow.claims.ref: expected a list of at least one element, got an empty one"},
      {"audience = \"x\"",
       "c.toml:8:1: unknown key \"audience\" in [[allow]] | did you mean \"audiences\"?"},
      {"mode = \"off\"", "c.toml:8:8: allow.mode: expected \"enforce\" or \"report\", got \"off\""},
  });
}

BOOST_AUTO_TEST_CASE(facts_must_be_known_and_may_be_pointed_into) {
  BOOST_TEST(RefusalWith("[[deny]]\nname = \"x\"\nfacts = { project = \"a\" }") ==
             "c.toml:9:11: unknown key \"project\" in deny.facts | known keys: fork, event, "
             "project_path, project_id, job_name, ref, ref_type, ref_protected, sha, user_id, "
             "image, services, head_repository, base_repository, workflow_ref, actor");
  BOOST_TEST(RefusalWith("[[deny]]\nname = \"x\"\nfacts = { \"/srvices/0\" = \"a\" }") ==
             "c.toml:9:11: unknown key \"/srvices/0\" in deny.facts | known keys: fork, event, "
             "project_path, project_id, job_name, ref, ref_type, ref_protected, sha, user_id, "
             "image, services, head_repository, base_repository, workflow_ref, actor");
  BOOST_TEST(bool(Parse(kGood + "[[deny]]\nname = \"x\"\nfacts = { \"/services/0\" = \"a\" }")));
}

BOOST_AUTO_TEST_CASE(forks_have_events_that_github_knows) {
  const auto fork = [](const std::string& line) {
    return RefusalWhere("version = 1\n", "version = 1\n[fork]\n" + line + "\n");
  };
  BOOST_TEST(fork("events.merge_grup = \"own\"") ==
             "c.toml:3:8: unknown key \"merge_grup\" in fork.events | did you mean "
             "\"merge_group\"?");
  BOOST_TEST(fork("events.merge_group = \"ours\"") ==
             "c.toml:3:22: fork.events.merge_group: expected \"own\" or \"fork\", got \"ours\"");
  BOOST_TEST(fork("events.merge_group = true") ==
             "c.toml:3:22: fork.events.merge_group: expected a string, got true or false");
  BOOST_TEST(fork("events = [\"merge_group\"]") ==
             "c.toml:3:10: fork.events: expected a table, got a list | for example "
             "events.merge_group = \"own\"");
  BOOST_TEST(fork("event.merge_group = \"own\"") ==
             "c.toml:3:1: unknown key \"event\" in [fork] | did you mean \"events\"?");
}

BOOST_AUTO_TEST_CASE(file_of_metrics_has_the_name_that_node_exporter_reads) {
  CheckIn("audit",
          {
              {"metrics_file = \"/x\"",
               "c.toml:8:16: audit.metrics_file: expected a name that ends with .prom, got "
               "\"/x\" | node exporter reads no other files"},
              {"metrics_file = \"x.prom\"",
               "c.toml:8:16: audit.metrics_file: expected an absolute path, got \"x.prom\""},
          });
}

BOOST_AUTO_TEST_CASE(github_takes_steps_by_their_ids_and_a_hook_by_its_path) {
  CheckIn(
      "github",
      {
          {"on_deny = \"stop\"",
           "c.toml:8:11: github.on_deny: expected \"stop-job\" or \"fail-step\" or "
           "\"stop-runner\", got \"stop\""},
          {"keep_steps = [\"Get a token\"]",
           "c.toml:8:14: github.keep_steps: expected ids of steps: letters, digits, "
           "_ and - | a step's `id:`, not its `name:`"},
          {"keep_steps = [\"mint\"]\nstep_tokens = \"all\"",
           "c.toml:8:14: github.keep_steps with github.step_tokens = \"all\" | leave it out: "
           "every step may request id_tokens"},
          {"container_hooks = [\"k8s/index.js\"]",
           "c.toml:8:19: github.container_hooks: expected the absolute path of a container hook, "
           "and its arguments | [\"/home/runner/k8s/index.js\"]"},
          {"container_hooks = []", "c.toml:8:19: github.container_hooks: is an empty list"},
          {"git_credentials = \"drop\"",
           "c.toml:8:19: github.git_credentials: expected \"keep\" or \"strip\", got \"drop\""},
      });
}

BOOST_AUTO_TEST_CASE(rules_of_exposure_need_a_name_that_can_be_and_an_action) {
  const auto refusal = [](const std::string& rule) {
    return RefusalWith("[[exposure.rule]]\n" + rule);
  };
  BOOST_TEST(refusal("variable = \"CI_*\"") ==
             "c.toml:7:1: missing key \"action\" in [[exposure.rule]] | add action = \"keep\"");
  BOOST_TEST(refusal("variable = \"A-B\"\naction = \"keep\"") ==
             "c.toml:8:12: exposure.rule.variable: \"A-B\" matches no name of a variable");
  BOOST_TEST(refusal("variable = \"A\"\naction = \"drop\"") ==
             "c.toml:9:10: exposure.rule.action: expected \"strip\" or \"mask\" or \"keep\", got "
             "\"drop\"");
}

BOOST_AUTO_TEST_CASE(a_table_that_appears_twice_is_named_with_both_lines) {
  for (const char* second : {"[executor]", "  [executor]  # of another page", "[executor]\r"}) {
    const auto refusals =
        Refusals(kGood + "[executor]\nshell = \"sh\"\n[audit]\n" + second + "\nrun_as = \"a\"\n");
    BOOST_REQUIRE(refusals.size() == 1U);
    BOOST_TEST(refusals.front().starts_with("c.toml:10:"), refusals.front());
    BOOST_TEST(
        refusals.front().ends_with(": table \"[executor]\" appears twice, first in line 7 | put "
                                   "the keys of both under one \"[executor]\""),
        refusals.front());
  }
  // The parser's own words, where the first is not such a header.
  const auto refusals = Refusals(kGood + "executor.shell = \"sh\"\n[issuer]\n");
  BOOST_REQUIRE(refusals.size() == 2U);
  BOOST_TEST(refusals.back().find("not TOML: ") != std::string::npos, refusals.back());
}

BOOST_AUTO_TEST_CASE(each_of_twelve_mistakes_is_shown_and_none_that_another_one_causes) {
  const std::string text = R"(version = 2
mod = "enforce"
help = ask platform
[[issuer]]
name = "git lab"
provider = "gitlub"
url = "https://gitlab.example.com"
audience = "runner"
leeway = "30"
[[allow]]
name = "a"
claims = { ref = { regex = "(", exists = 1 }, project_path = [] }
[[allow]]
name = "b"
name = "c"
claims = { ref = "main" }
[[deny]
name = "d"
issuer = "x"
[audit]
file = "audit.jsonl"
)";
  std::vector<std::string> places;
  for (const std::string& refusal : Refusals(text)) {
    places.push_back(refusal.substr(0, refusal.find(':', refusal.find(':', 7) + 1)));
  }
  const std::vector<std::string> expected = {
      "c.toml:1:11",  "c.toml:2:1",   "c.toml:3:8",   "c.toml:5:8",  "c.toml:6:12", "c.toml:9:10",
      "c.toml:12:20", "c.toml:12:33", "c.toml:12:62", "c.toml:15:8", "c.toml:17:8", "c.toml:21:8"};
  BOOST_TEST(places == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(text_without_an_end_is_one_problem) {
  BOOST_TEST(Refusals(kGood + "[[allow]]\nname = \"\"\"a\nclaims = 1\nb = 2\n").size() == 1U);
  BOOST_TEST(Refusals(kGood + "[[allow]]\nname = [\n\"a\",\n\"b\"\n").size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_read_beside_problems_leaves_out_rules_with_a_fault) {
  const ConfigReading reading = ReadConfig(
      {{"c.toml", kGood + "[[allow]]\nname = \"a\"\nclaims = { ref = 1.5 }\n[[allow]]\nname = "
                          "\"b\"\nclaims.ref = \"main\"\n"}});
  BOOST_TEST(reading.problems.size() == 1U);
  BOOST_REQUIRE(reading.config.policy.allow.size() == 1U);
  const Rule& rule = reading.config.policy.allow.front();
  BOOST_TEST(rule.name == "b");
  BOOST_TEST((rule.place == Place{0, 10, 1}));
  BOOST_TEST((rule.claims.front().place == Place{0, 12, 8}));
}

BOOST_AUTO_TEST_CASE(warnings_that_are_silenced_have_a_code_that_is_known) {
  BOOST_TEST(RefusalWith("[policy]\nignore = [\"HIDDEN\", \"HIDEN\"]") ==
             "c.toml:8:21: policy.ignore: expected one of " +
                 QuoteAll({kLintCodes.begin(), kLintCodes.end()}) +
                 ", got \"HIDEN\" | did you mean \"HIDDEN\"?");
  BOOST_TEST(Refusals(kGood + "[policy]\nignore = []\n").empty());
}

BOOST_AUTO_TEST_CASE(a_wrapped_driver_and_the_local_one_have_settings_of_their_own) {
  BOOST_TEST(RefusalWith("[executor]\ndriver = \"wrap\"") ==
             "c.toml:8:10: executor.driver = \"wrap\" without [executor.wrap] | name the "
             "commands of the driver to wrap");
  BOOST_TEST(RefusalWith("[executor]\nwrap.run = [\"/x\"]") ==
             "c.toml:8:1: [executor.wrap] without executor.driver = \"wrap\"");
  BOOST_TEST(
      RefusalWith("[executor]\ndriver = \"wrap\"\nrun_as = \"ci\"\nwrap.run = [\"/x\"]") ==
      "c.toml:9:10: executor.run_as belongs to executor.driver = \"local\" | leave it out: the "
      "wrapped driver decides about it");
  BOOST_TEST(RefusalWith("[executor]\ndriver = \"wrap\"\nwrap.run = [\"x\"]") ==
             "c.toml:9:12: executor.wrap.run: expected the absolute path of a program, and its "
             "arguments | [\"/opt/driver\", \"run\"]");
  for (const char* value : {"true", "false"}) {
    BOOST_TEST(
        RefusalWith("[executor]\ndriver = \"wrap\"\nwrap.run = [\"/x\"]\nshared_user = " +
                    std::string(value)) ==
        "c.toml:10:15: executor.shared_user belongs to executor.driver = \"local\" | leave "
        "it out: as whom a wrapped driver runs scripts cannot be seen, so no file is checked "
        "against that user");
  }
  // Whatever the order of the tables.
  const std::string wrap = "[executor]\ndriver = \"wrap\"\nwrap.run = [\"/x\"]\n";
  const std::string strip = "[exposure]\ngit_credentials = \"strip\"\n";
  const std::string refusal =
      "exposure.git_credentials = \"strip\" does not work with executor.driver = \"wrap\" | leave "
      "it out: the checkout is where the wrapped driver keeps it";
  BOOST_TEST(RefusalWith(wrap + strip) == "c.toml:8:10: " + refusal);
  BOOST_TEST(RefusalWith(strip + wrap) == "c.toml:10:10: " + refusal);
  BOOST_TEST(RefusalWith("[executor]\nrun_as = [\"a\", \"a\"]") ==
             "c.toml:8:10: executor.run_as: user \"a\" appears twice");
  BOOST_TEST(RefusalWith("[executor]\nrun_as = []") ==
             "c.toml:8:10: executor.run_as: is an empty list");
}

BOOST_AUTO_TEST_CASE(settings_of_exposure_executor_and_audit_are_checked) {
  CheckIn("exposure.consumers",
          {
              {"\"A-B\" = [\"x\"]",
               "c.toml:8:1: exposure.consumers: \"A-B\" is not the name of a variable"},
              {"A = \"x\"",
               "c.toml:8:5: exposure.consumers.A: expected a list of strings, got a string"},
          });
  CheckIn("exposure", {{"unused = \"striped\"",
                        "c.toml:8:10: exposure.unused: expected \"strip\" or \"mask\" or "
                        "\"keep\", got \"striped\" | did you mean \"strip\"?"},
                       {"consumers = []",
                        "c.toml:8:13: exposure.consumers: expected a table, got a list | write "
                        "[exposure.consumers]"}});
  CheckIn("executor", {{"shell = \"zsh\"",
                        "c.toml:8:9: executor.shell: expected \"bash\" or \"sh\" or \"pwsh\", got "
                        "\"zsh\" | did you mean \"sh\"?"},
                       {"builds_dir = \"builds\"",
                        "c.toml:8:14: executor.builds_dir: expected an absolute path, got "
                        "\"builds\""}});
  CheckIn("audit", {{"required = true",
                     "c.toml:8:12: audit.required = true without audit.file or audit.syslog | add "
                     "file = \"/var/log/jobwarden/audit.jsonl\", or syslog = true, to [audit]"},
                    {"claims = \"ref\"",
                     "c.toml:8:10: audit.claims: expected a list of strings, got a string"},
                    {"claims = [\"ref\", \"\"]", "c.toml:8:18: audit.claims: is empty"}});
}

BOOST_AUTO_TEST_CASE(a_consumer_with_a_folder_or_odd_blanks_is_refused) {
  const std::string hint =
      " | write its name without a folder, and the words after it with one blank between them: "
      "\"npm publish\"";
  for (const std::string command : {"/bin/x", "bin/x", "npm  publish", " npm", "npm ",
                                    "npm\\tpublish", "npm\\npublish", "npm\\u0000", "npm\\u007f"}) {
    CheckIn("exposure.consumers", {{"A = [\"" + command + "\"]",
                                    "c.toml:8:5: exposure.consumers.A: expected a command, got \"" +
                                        command + "\"" + hint}});
  }
}

BOOST_AUTO_TEST_CASE(files_of_rules_have_rules_alone) {
  const ConfigFile main{"c.toml", kGood};
  BOOST_TEST(Refusals({main, {"r.toml", "version = 1\n[[alow]]\nname = \"x\"\n"}}) ==
                 (std::vector<std::string>{
                     "r.toml:1:1: unknown key \"version\" in rules.d | known keys: allow, deny",
                     "r.toml:2:3: unknown key \"alow\" in rules.d | did you mean \"allow\"?",
                 }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rules_of_several_files_are_checked_together_and_keep_their_order) {
  const std::string rule = "[[allow]]\nname = \"x\"\nclaims.ref = \"x\"\n";
  BOOST_TEST(Refusals({{"c.toml", kGood + rule}, {"r.toml", rule}, {"s.toml", "]"}}) ==
                 (std::vector<std::string>{
                     "r.toml:2:8: two rules have the name \"x\", the other at c.toml:8:8",
                     "s.toml:1:1: not TOML: error while parsing root table: expected "
                     "keys, tables, whitespace or comments, saw ']'",
                 }),
             boost::test_tools::per_element());
  const auto config = ParseConfig({{"c.toml", kGood + rule},
                                   {"r.toml", "[[allow]]\nname = \"y\"\nclaims.ref = \"x\"\n"},
                                   {"s.toml", "[[allow]]\nname = \"z\"\nclaims.ref = \"x\"\n"}});
  BOOST_REQUIRE(config);
  BOOST_REQUIRE(config->policy.allow.size() == 3U);
  BOOST_TEST(config->policy.allow[0].name == "x");
  BOOST_TEST(config->policy.allow[1].name == "y");
  BOOST_TEST(config->policy.allow[2].name == "z");
}

BOOST_AUTO_TEST_SUITE_END()
