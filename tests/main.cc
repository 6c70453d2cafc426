#define BOOST_TEST_MODULE jobwarden
#include <boost/test/unit_test.hpp>
