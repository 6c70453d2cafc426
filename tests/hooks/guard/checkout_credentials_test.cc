#include "hooks/guard/checkout_credentials.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

const std::string kHead =
    "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://github.com/acme/app\n";
const std::string kCredentials =
    "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eDp5\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(checkout_credentials)

BOOST_AUTO_TEST_CASE(the_header_that_checkout_leaves_is_taken_and_the_rest_stays) {
  const auto divided = DivideConfig(kHead + kCredentials + "[user]\n\tname = x\n");
  BOOST_TEST(divided.rest == kHead + "[http \"https://github.com/\"]\n[user]\n\tname = x\n");
  BOOST_TEST(divided.taken == kCredentials);
}

BOOST_AUTO_TEST_CASE(several_servers_and_a_line_without_end_are_taken) {
  const std::string other =
      "[http \"https://ghe.example.com/\"]\n\tExtraHeader = authorization: bearer x";
  const auto divided = DivideConfig(kCredentials + other);
  BOOST_TEST(divided.taken == kCredentials + other + "\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_credential_stays) {
  for (const std::string& config :
       {kHead, std::string("[http]\n\tproxy = http://p\n"),
        std::string("[http \"https://x/\"]\n\textraheader = X-Trace: 1\n"),
        std::string("[other]\n\textraheader = AUTHORIZATION: basic x\n"), std::string()}) {
    const auto divided = DivideConfig(config);
    BOOST_TEST(divided.rest == config);
    BOOST_TEST(divided.taken == "");
  }
}

BOOST_AUTO_TEST_CASE(what_was_taken_comes_back_to_a_file_that_changed) {
  const auto divided = DivideConfig(kHead + kCredentials);
  const std::string changed = divided.rest + "[user]\n\tname = x";
  BOOST_TEST(WithSections(changed, divided.taken) == changed + "\n" + kCredentials);
}

BOOST_AUTO_TEST_CASE(what_is_there_again_is_not_added_twice) {
  BOOST_TEST(WithSections(kHead + kCredentials, kCredentials) == kHead + kCredentials);
  BOOST_TEST(WithSections("", kCredentials + kCredentials) == kCredentials + kCredentials);
}

BOOST_AUTO_TEST_SUITE_END()
