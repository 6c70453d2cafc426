// The units that keep the keys by a timer: what they start is there, and often enough.

#include <sstream>

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/places.h"
#include "verifier/keys/key_cache.h"

using namespace jobwarden::testing;

namespace {

std::string Setting(const std::string& unit, const std::string& name) {
  std::istringstream lines(Slurp(InCheckout("install/units/" + unit)));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + "=")) return line.substr(name.size() + 1);
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(units)

BOOST_AUTO_TEST_CASE(service_starts_a_command_that_there_is) {
  FakeIssuer issuer;
  const KeysHost host(issuer.url());
  issuer.SetKeys(host.signer.KeySetJson());
  std::istringstream line(Setting("jobwarden-keys.service", "ExecStart"));
  std::string program;
  line >> program;
  BOOST_TEST(program == "/opt/jobwarden/jobwarden");
  std::vector<std::string> words;
  for (std::string word; line >> word;) words.push_back(word);
  BOOST_TEST(host.Jobwarden(words).exit_code == kAllow);
  BOOST_TEST(host.StoredKids().size() == 1U);
}

BOOST_AUTO_TEST_CASE(timer_runs_more_often_than_a_job_waits) {
  BOOST_TEST(Setting("jobwarden-keys.timer", "OnUnitInactiveSec") == "1min");
  BOOST_TEST(Setting("jobwarden-keys.timer", "RandomizedDelaySec") == "5s");
  BOOST_TEST(Setting("jobwarden-keys.timer", "AccuracySec") == "1s");
  // And a fetch, which takes `timeout` at most.
  BOOST_TEST(jobwarden::kKeeperPatience.count() >= 60 + 5 + 1 + 5 + jobwarden::kSecondLook.count());
}

BOOST_AUTO_TEST_SUITE_END()
