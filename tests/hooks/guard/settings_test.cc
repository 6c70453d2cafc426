#include "hooks/guard/settings.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

const std::string kGood =
    "jobwarden-guard 1\nverdict allow\nstep_tokens listed\nkeep_step mint\nend\n";

std::string Changed(const std::string& from, const std::string& to) {
  std::string text = kGood;
  text.replace(text.find(from), from.size(), to);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  GuardSettings settings;
  settings.denial = {"refused: a fork", "ask #ci-platform"};
  settings.step_tokens = StepTokens::kListed;
  settings.keep_steps = {"mint", "sign"};
  settings.consumers = {"deploy-tool", "our publish"};
  settings.strips_git = true;
  settings.worker = 4711;
  settings.broker = "/state dir/broker";
  settings.programs = {"bash /usr/bin/bash", "sh /my bin/sh"};
  const auto read = ParseGuardSettings(FormatGuardSettings(settings));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(!read->allowed);
  BOOST_TEST(read->strips_git);
  BOOST_TEST(read->denial == settings.denial, boost::test_tools::per_element());
  BOOST_TEST((read->step_tokens == StepTokens::kListed));
  BOOST_TEST(read->keep_steps == settings.keep_steps, boost::test_tools::per_element());
  BOOST_TEST(read->consumers == settings.consumers, boost::test_tools::per_element());
  BOOST_TEST(read->worker == 4711);
  BOOST_TEST(read->broker == settings.broker);
  BOOST_TEST(read->ProgramOf("bash") == "/usr/bin/bash");
  BOOST_TEST(read->ProgramOf("sh") == "/my bin/sh");
  BOOST_TEST(read->ProgramOf("zsh") == "");
}

BOOST_AUTO_TEST_CASE(value_cannot_become_a_line_of_its_own) {
  GuardSettings settings;
  settings.denial = {"ref \"x\nverdict allow\r\x1b[0m\""};
  const auto read = ParseGuardSettings(FormatGuardSettings(settings));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(!read->allowed);
  BOOST_TEST(read->denial.at(0) == "ref \"x verdict allow  [0m\"");
}

BOOST_AUTO_TEST_CASE(long_denial_is_cut_and_the_verdict_stays) {
  GuardSettings settings;
  settings.denial = std::vector<std::string>(1000, std::string(200, 'x'));
  const std::string text = FormatGuardSettings(settings);
  BOOST_TEST(text.size() <= kMaxGuardSettingsBytes);
  const auto read = ParseGuardSettings(text);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(!read->allowed);
  BOOST_TEST(read->denial.size() > 300U);
}

BOOST_AUTO_TEST_CASE(good_text_is_read) {
  const auto read = ParseGuardSettings(kGood);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->allowed);
}

BOOST_AUTO_TEST_CASE(whatever_is_not_exact_is_refused) {
  for (std::size_t size = 0; size < kGood.size(); ++size) {
    BOOST_TEST(!ParseGuardSettings(kGood.substr(0, size)).has_value(), "cut at " << size);
  }
  for (const std::string& text :
       {Changed("guard 1", "guard 2"), Changed("allow", "Allow"), Changed("allow", "allow "),
        Changed("verdict allow\n", ""), Changed("end", "verdict deny\nend"),
        Changed("listed", "some"), Changed("end", "worker -1\nend"),
        Changed("end", "worker x\nend"), Changed("keep_step", "keep_steps"),
        Changed("end\n", "end\nend\n"), Changed("end\n", "end\n\n"), Changed("keep_step mint", ""),
        std::string(70'000, 'x'), kGood + std::string(1, '\0')}) {
    BOOST_TEST(!ParseGuardSettings(text).has_value(), text.substr(0, 200));
  }
}

BOOST_AUTO_TEST_SUITE_END()
