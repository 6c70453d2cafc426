#include "hooks/arguments.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

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
        Words{"github", "pre-build"}}) {
    const auto arguments = ParseHookArguments(words);
    BOOST_REQUIRE(!arguments);
    BOOST_TEST((OutcomeOf(arguments.findings()) == Outcome::kUsage));
    BOOST_TEST(arguments.findings()[0].hint == kHookUsage);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
