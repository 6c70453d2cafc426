#include "verifier/doctor/version_text.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(version_text)

BOOST_AUTO_TEST_CASE(three_numbers_are_found_after_the_word) {
  const auto version = FindVersion("Version:      17.2.0\nGit revision: 8d\n", "Version:");
  BOOST_REQUIRE(bool(version));
  BOOST_TEST(TextOf(*version) == "17.2.0");
  BOOST_TEST(TextOf(*FindVersion("bin.2.336.0", "bin.")) == "2.336.0");
  BOOST_TEST(TextOf(*FindVersion("Version: 18.5.1-ee", "Version:")) == "18.5.1");
}

BOOST_AUTO_TEST_CASE(other_texts_have_no_version) {
  for (const char* text : {"", "Version:", "Version: x", "Version: 1.2", "Version: 1.2.", "1.2.3",
                           "Version: 99999999999.0.0"}) {
    BOOST_TEST(!FindVersion(text, "Version:"), text);
  }
}

BOOST_AUTO_TEST_CASE(versions_compare_by_number) {
  BOOST_TEST((RunnerVersion{14, 1, 0} < RunnerVersion{14, 10, 0}));
  BOOST_TEST((RunnerVersion{9, 9, 9} < RunnerVersion{14, 1, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
