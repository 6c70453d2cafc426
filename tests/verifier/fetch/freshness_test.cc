#include "verifier/fetch/freshness.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;
using std::chrono::seconds;

namespace {

long Fresh(std::string_view cache_control, std::string_view age = "", long max_age = 86'400) {
  return FreshFor(cache_control, age, seconds(max_age)).count();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(freshness)

BOOST_AUTO_TEST_CASE(an_issuer_that_says_nothing_is_believed_for_max_age) {
  BOOST_TEST(Fresh("") == 86'400);
  BOOST_TEST(Fresh("public, must-revalidate") == 86'400);
  BOOST_TEST(Fresh("max-age=soon") == 86'400);
  BOOST_TEST(Fresh("max-age=") == 86'400);
  BOOST_TEST(Fresh("max-age=-1") == 86'400);
  BOOST_TEST(Fresh("s-maxage=600") == 86'400);
}

BOOST_AUTO_TEST_CASE(max_age_less_age_counts) {
  BOOST_TEST(Fresh("max-age=3600") == 3600);
  BOOST_TEST(Fresh("public,MAX-AGE=3600 , must-revalidate") == 3600);
  BOOST_TEST(Fresh("max-age=3600", "1000") == 2600);
  BOOST_TEST(Fresh("max-age=3600", " 1000 ") == 2600);
  BOOST_TEST(Fresh("max-age=3600", "old") == 3600);
}

BOOST_AUTO_TEST_CASE(the_settings_cap_it) {
  BOOST_TEST(Fresh("max-age=999999") == 86'400);
  BOOST_TEST(Fresh("max-age=99999999999999999999") == 86'400);
  BOOST_TEST(Fresh("max-age=3600", "", 60) == 60);
}

BOOST_AUTO_TEST_CASE(it_is_never_so_short_that_every_job_fetches) {
  BOOST_TEST(Fresh("max-age=0, private, must-revalidate") == 300);
  BOOST_TEST(Fresh("no-store") == 300);
  BOOST_TEST(Fresh("max-age=3600, no-cache") == 300);
  BOOST_TEST(Fresh("max-age=3600", "99999999999") == 300);
  BOOST_TEST(Fresh("max-age=0", "", 60) == 60);
}

BOOST_AUTO_TEST_SUITE_END()
