#include "hooks/arguments.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

using Words = std::vector<std::string_view>;

BOOST_AUTO_TEST_SUITE(arguments)

BOOST_AUTO_TEST_CASE(each_command_is_known) {
  for (const Words& words : {Words{"gitlab", "pre-build"}, Words{"--help"}, Words{"--version"}}) {
    const auto arguments = ParseHookArguments(words);
    BOOST_REQUIRE(arguments);
    BOOST_TEST(arguments->command.ends_with(words.back()));
    BOOST_TEST(arguments->config_path == kDefaultConfigPath);
  }
}

BOOST_AUTO_TEST_CASE(the_configuration_may_be_named_anywhere) {
  for (const Words& words :
       {Words{"--config", "/a", "gitlab", "pre-build"}, Words{"gitlab", "--config=/a", "pre-build"},
        Words{"gitlab", "pre-build", "--config", "/a"}}) {
    const auto arguments = ParseHookArguments(words);
    BOOST_REQUIRE(arguments);
    BOOST_TEST(arguments->config_path == "/a");
    BOOST_TEST(arguments->command == "gitlab pre-build");
  }
}

BOOST_AUTO_TEST_CASE(wrong_use_is_a_usage_error_that_shows_the_usage) {
  for (const Words& words :
       {Words{}, Words{"gitlab"}, Words{"pre-build"}, Words{"gitlab", "pre-build", "x"},
        Words{"--config"}, Words{"gitlab", "pre-build", "--config"}, Words{""},
        Words{"github", "pre-build"}, Words{"gitlab", "pre-build", "--config="},
        Words{"--config", "a", "gitlab", "pre-build", "--config", "b"},
        Words{"gitlab", "pre-build", "--audience", "a"},
        Words{"github", "job-started", "--output", "a"}, Words{"github", "container", "--env=A"}}) {
    const auto arguments = ParseHookArguments(words);
    BOOST_REQUIRE(!arguments);
    BOOST_TEST((OutcomeOf(arguments.findings()) == Outcome::kUsage));
    BOOST_TEST(arguments.findings()[0].hint == kHookUsage);
  }
}

Words Mint(Words more) {
  Words words{"github", "mint"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

BOOST_AUTO_TEST_CASE(mint_is_told_for_whom_and_where_to) {
  for (const Words& words : {Mint({"--audience", "https://vault.example", "--output", "a-token_1"}),
                             Mint({"--output=a-token_1", "--audience=https://vault.example"}),
                             Words{"--audience", "https://vault.example", "github", "--output",
                                   "a-token_1", "mint", "--config=/a"}}) {
    const auto arguments = ParseHookArguments(words);
    BOOST_REQUIRE(arguments);
    BOOST_TEST(arguments->command == "github mint");
    BOOST_TEST(arguments->mint.audience == "https://vault.example");
    BOOST_TEST(arguments->mint.output == "a-token_1");
    BOOST_TEST(arguments->mint.env == "");
  }
  const auto arguments = ParseHookArguments(Mint({"--audience=a=b", "--env", "_TOKEN2"}));
  BOOST_REQUIRE(arguments);
  BOOST_TEST(arguments->mint.audience == "a=b");
  BOOST_TEST(arguments->mint.env == "_TOKEN2");
  BOOST_TEST(arguments->mint.output == "");
}

void Refused(const Words& words, const std::string& message) {
  const auto arguments = ParseHookArguments(words);
  BOOST_REQUIRE(!arguments);
  BOOST_TEST((OutcomeOf(arguments.findings()) == Outcome::kUsage));
  BOOST_TEST(arguments.findings()[0].message == message);
  BOOST_TEST(arguments.findings()[0].hint == kHookUsage);
}

BOOST_AUTO_TEST_CASE(token_that_would_go_nowhere_or_to_nobody_is_not_asked_for) {
  Refused(Mint({"--output", "t"}), "--audience: expected 1 to 1024 bytes, got none");
  const std::string long_one(1025, 'a');
  Refused(Mint({"--audience", long_one, "--output", "t"}),
          "--audience: expected 1 to 1024 bytes, got more");
  Refused(Mint({"--audience", "a"}), "expected one of --output NAME and --env NAME, got neither");
  Refused(Mint({"--audience", "a", "--output", "t", "--env", "T"}),
          "expected one of --output NAME and --env NAME, got both");
  Refused(Mint({"--audience", "a", "--output"}), "--output: expected a name, got nothing");
  Refused(Mint({"--audience", "", "--output", "t"}),
          "--audience: expected an audience, got nothing");
  Refused(Mint({"--audience", "a", "--env", "A", "--env", "B"}), "--env: expected once, got twice");
}

BOOST_AUTO_TEST_CASE(names_that_could_say_something_else_to_the_runner_are_refused) {
  const std::string long_one(129, 'a');
  for (const std::string& name : std::vector<std::string>{"a b", "1a", "a=b", "a\nb", "a<<b", "-a",
                                                          "a.b", "\xc3\xa4", long_one}) {
    Refused(Mint({"--audience", "a", "--output", name}),
            "--output: expected a name of letters, digits, _ and -, got " + Quote(name));
    Refused(Mint({"--audience", "a", "--env", name}),
            "--env: expected a name of letters, digits and _, got " + Quote(name));
  }
  Refused(Mint({"--audience", "a", "--env", "A-B"}),
          "--env: expected a name of letters, digits and _, got \"A-B\"");
  for (const std::string& name :
       std::vector<std::string>{"PATH", "NODE_OPTIONS", "LD_PRELOAD", "GITHUB_TOKEN", "RUNNER_TEMP",
                                "BASH_ENV", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "HOME", "CI"}) {
    Refused(Mint({"--audience", "a", "--env", name}),
            "--env: expected a name without a meaning of its own, got " + name);
    BOOST_TEST(bool(ParseHookArguments(Mint({"--audience", "a", "--output", name}))));
  }
  BOOST_TEST(bool(ParseHookArguments(Mint({"--audience", "a", "--env", "PATHS"}))));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
