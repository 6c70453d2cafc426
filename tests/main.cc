#include <boost/test/unit_test.hpp>

// By hand: BOOST_TEST_MODULE would have to precede the precompiled header.
int main(int count, char* arguments[]) {
  return boost::unit_test::unit_test_main([] { return true; }, count, arguments);
}
