// The units that pull the policy by a timer.

#include <algorithm>
#include <numeric>
#include <sstream>

#include "tests/e2e/policy/policy_host.h"
#include "tests/support/places.h"
#include "tests/support/timer_herd.h"

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

// No clock is in this: what the timer's settings mean for the one server of a fleet.
BOOST_AUTO_TEST_CASE(ten_thousand_runners_that_start_at_once_do_not_ask_at_once) {
  constexpr std::size_t kRunners = 10'000;
  constexpr std::size_t kHour = 3600;
  const Timer timer = ReadTimer(InCheckout("install/units/jobwarden-policy.timer"));
  // A new machine has its policy within a minute, and a change reaches all within six. systemd's
  // own accuracy would add a minute to each.
  BOOST_TEST(timer.accuracy <= 1);
  BOOST_TEST(timer.first + timer.delay <= 60);
  BOOST_TEST(timer.pause + timer.delay <= 360);
  // Machines that were cloned with their id would all ask in the same second.
  BOOST_TEST(!timer.by_machine);
  const auto runs = RunsBySecond(timer, kRunners, kHour);
  const auto most = [&](std::size_t from, std::size_t to) {
    return *std::max_element(runs.begin() + static_cast<std::ptrdiff_t>(from),
                             runs.begin() + static_cast<std::ptrdiff_t>(to));
  };
  const std::size_t all = std::accumulate(runs.begin(), runs.end(), std::size_t{0});
  BOOST_TEST_MESSAGE("most runs in one second: " << most(0, 60) << " at first, "
                                                 << most(kHour - 600, kHour)
                                                 << " after an hour; in the hour " << all);
  // A run is two requests if there is a new policy, and one otherwise.
  BOOST_TEST(most(0, kHour) <= 250U);
  BOOST_TEST(all <= 12 * kRunners);
  // The runners drift apart.
  BOOST_TEST(most(kHour - 600, kHour) <= 120U);
}

BOOST_AUTO_TEST_SUITE_END()
