#include "verifier/broker/asker.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "verifier/os/process_stat.h"

using namespace jobwarden;

namespace {

const std::string kHead =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n";
const std::string kListener =
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 "
    "11 1 0000000000000000 100 0 0 10 0\n";
const std::string kServer =
    "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 "
    "12 1 0000000000000000 20 4 30 10 -1\n";
const std::string kClient =
    "   2: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 "
    "13 1 0000000000000000 20 4 30 10 -1\n";
const std::string kMapped =
    "   3: 0000000000000000FFFF00000100007F:D431 0000000000000000FFFF00000100007F:1F90 01 "
    "00000000:00000000 00:00000000 00000000  1002        0 14 1 0000000000000000 20 4 30 10 -1\n";

LoopbackClient Client() {
  in_addr address{};
  address.s_addr = htonl(INADDR_LOOPBACK);
  return {address, 0xD431, 0x1F90};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(asker)

BOOST_AUTO_TEST_CASE(clients_end_of_the_connection_is_found) {
  const auto owner = FindSocketOwner(kHead + kListener + kServer + kClient, Client());
  BOOST_REQUIRE(owner.has_value());
  BOOST_TEST(owner->user == 1001U);
  BOOST_TEST(owner->inode == 13U);
}

BOOST_AUTO_TEST_CASE(client_with_a_socket_of_ipv6_is_found) {
  const auto owner = FindSocketOwner(kHead + kMapped, Client());
  BOOST_REQUIRE(owner.has_value());
  BOOST_TEST(owner->inode == 14U);
}

BOOST_AUTO_TEST_CASE(nothing_is_found_in_other_text) {
  BOOST_TEST(!FindSocketOwner(kHead + kListener + kServer, Client()).has_value());
  BOOST_TEST(!FindSocketOwner("", Client()).has_value());
  BOOST_TEST(!FindSocketOwner(kClient.substr(0, 60), Client()).has_value());
}

BOOST_AUTO_TEST_CASE(connection_that_nobody_has_is_elsewhere) {
  const Asker found =
      FindAsker({Client().address, 1, 1}, {getpid(), StatOf(getpid())->started}, {}, "ticket");
  BOOST_TEST((found.place == Asker::Place::kElsewhere));
}

BOOST_AUTO_TEST_SUITE_END()
