#include "verifier/service/rate_limit.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(client_may_make_the_requests_of_a_second_at_once_and_then_waits) {
  RateLimit limit(10);
  const RateLimit::Time now{1000s};
  for (int i = 0; i < 10; ++i) BOOST_TEST(limit.Take("a", now));
  BOOST_TEST(!limit.Take("a", now));
  BOOST_TEST(limit.Take("b", now));
  BOOST_TEST(limit.Take("a", now + 100ms));
  BOOST_TEST(!limit.Take("a", now + 100ms));
  // Quiet for long, it has no more than those of one second.
  for (int i = 0; i < 10; ++i) BOOST_TEST(limit.Take("a", now + 60s));
  BOOST_TEST(!limit.Take("a", now + 60s));
}

BOOST_AUTO_TEST_CASE(without_a_rate_there_is_no_limit) {
  RateLimit limit(0);
  for (int i = 0; i < 1000; ++i) BOOST_TEST(limit.Take("a", {}));
}

BOOST_AUTO_TEST_CASE(clients_without_number_are_refused_before_they_cost_memory) {
  RateLimit limit(1);
  const RateLimit::Time now{1000s};
  int taken = 0;
  for (int i = 0; i < 70'000; ++i) taken += limit.Take(std::to_string(i), now) ? 1 : 0;
  BOOST_TEST(taken == 65'536);
  BOOST_TEST(limit.Take("new", now + 2s));
}

BOOST_AUTO_TEST_SUITE_END()
