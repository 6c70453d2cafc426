#include "executor/arguments.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {
namespace {

using Words = std::vector<std::string_view>;

BOOST_AUTO_TEST_SUITE(arguments)

BOOST_AUTO_TEST_CASE(each_command_is_known) {
  for (const std::string command : {"config", "prepare", "cleanup", "--help", "--version"}) {
    const auto arguments = ParseArguments({command});
    BOOST_REQUIRE(arguments);
    BOOST_TEST(arguments->command == command);
    BOOST_TEST(arguments->config_path == kDefaultConfigPath);
  }
}

BOOST_AUTO_TEST_CASE(run_takes_the_script_and_the_stage) {
  const auto arguments = ParseArguments({"run", "/tmp/x/script.", "build_script"});
  BOOST_REQUIRE(arguments);
  BOOST_TEST(arguments->script == "/tmp/x/script.");
  BOOST_TEST(arguments->stage == "build_script");
}

BOOST_AUTO_TEST_CASE(the_configuration_may_be_named_before_and_after_the_command) {
  for (const Words& words :
       {Words{"--config", "/a", "run", "s", "t"}, Words{"run", "s", "t", "--config", "/a"},
        Words{"run", "--config=/a", "s", "t"}}) {
    const auto arguments = ParseArguments(words);
    BOOST_REQUIRE(arguments);
    BOOST_TEST(arguments->config_path == "/a");
    BOOST_TEST(arguments->stage == "t");
  }
}

BOOST_AUTO_TEST_CASE(wrong_use_is_a_usage_error_that_shows_the_usage) {
  for (const Words& words :
       {Words{}, Words{"build"}, Words{"run"}, Words{"run", "s"}, Words{"run", "s", "t", "u"},
        Words{"prepare", "x"}, Words{"--config"}, Words{"prepare", "--config"}, Words{""}}) {
    const auto arguments = ParseArguments(words);
    BOOST_REQUIRE(!arguments);
    BOOST_TEST((OutcomeOf(arguments.findings()) == Outcome::kUsage));
    BOOST_TEST(arguments.findings()[0].hint == kUsage);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
