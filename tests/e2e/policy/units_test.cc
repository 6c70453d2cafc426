// The units that pull the policy by a timer.

#include <sstream>

#include "tests/e2e/policy/policy_host.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

BOOST_FIXTURE_TEST_SUITE(units, PolicyHost)

BOOST_AUTO_TEST_CASE(service_starts_a_command_that_there_is) {
  SignAndPublish("1");
  std::istringstream lines(Slurp(InCheckout("install/units/jobwarden-policy.service")));
  std::vector<std::string> words;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("ExecStart=")) continue;
    std::istringstream rest(line.substr(10));
    for (std::string word; rest >> word;) words.push_back(word);
  }
  BOOST_TEST_REQUIRE(words.size() == 3U);
  BOOST_TEST(words.front() == "/opt/jobwarden/jobwarden");
  words.erase(words.begin());
  words.insert(words.end(), {"--config", config()});
  BOOST_TEST(Jobwarden(words).exit_code == kAllow);
  BOOST_TEST(InForce().starts_with("1-"));
}

BOOST_AUTO_TEST_SUITE_END()
