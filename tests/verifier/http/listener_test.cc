// Places to listen at, as the configuration has them.

#include "verifier/http/listener.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_folder.h"

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(listener)

BOOST_AUTO_TEST_CASE(address_is_a_number_with_a_port_or_an_absolute_path) {
  BOOST_TEST(ParseListenAddress("127.0.0.1:8080")->is_local());
  BOOST_TEST(ParseListenAddress("127.9.9.9:1")->is_local());
  BOOST_TEST(ParseListenAddress("[::1]:8080")->is_local());
  BOOST_TEST(ParseListenAddress("unix:/run/a.sock")->is_local());
  BOOST_TEST(!ParseListenAddress("0.0.0.0:8080")->is_local());
  BOOST_TEST(!ParseListenAddress("[::]:8080")->is_local());
  for (const char* wrong :
       {"", "8080", "localhost:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "::1:8080", "[::1]", "[127.0.0.1]:80", "unix:", "unix:run/a.sock", "unix://"}) {
    const auto address = ParseListenAddress(wrong);
    BOOST_TEST((!address || address->unix_path == "//"), wrong);
  }
  BOOST_TEST(!ParseListenAddress("unix:/" + std::string(200, 'a')));
}

BOOST_AUTO_TEST_CASE(socket_that_nobody_serves_is_replaced_and_nothing_else) {
  const testing::TempFolder folder;
  const auto address = ParseListenAddress("unix:" + (folder / "api.sock"));
  {
    const auto first = Listen(*address, 0600);
    BOOST_TEST(bool(first));
    BOOST_TEST(!Listen(*address, 0600));  // it is served
  }
  BOOST_TEST(bool(Listen(*address, 0660)));
  const auto file = ParseListenAddress("unix:" + folder.Write("file", "precious"));
  BOOST_TEST(!Listen(*file, 0600));
  BOOST_TEST(testing::Slurp(folder / "file") == "precious");
}

BOOST_AUTO_TEST_SUITE_END()
