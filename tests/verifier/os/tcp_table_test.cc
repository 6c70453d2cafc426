#include "verifier/os/tcp_table.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "verifier/os/fd.h"
#include "verifier/os/process_stat.h"

using namespace jobwarden;

namespace {

const std::string kHead =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n";
const std::string kListener =
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 "
    "4711 1 0000000000000000 100 0 0 10 0\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(tcp_table)

BOOST_AUTO_TEST_CASE(a_line_says_ends_state_user_and_inode) {
  const std::string text = kHead + kListener;
  std::string_view table = text;
  BOOST_TEST(!TakeTcpSocket(table).has_value());
  const auto found = TakeTcpSocket(table);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->local == "0100007F:1F90");
  BOOST_TEST(found->remote == "00000000:0000");
  BOOST_TEST(found->listens);
  BOOST_TEST(found->user == 1000U);
  BOOST_TEST(found->inode == 4711U);
  BOOST_TEST(found->LocalPort().value_or(0) == 8080);
  BOOST_TEST(table.empty());
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_is_not_a_socket) {
  // Up to the inode, which is whole with its last digit.
  const std::size_t whole = kListener.find("4711") + 1;
  for (std::size_t size = 0; size < whole; ++size) {
    const std::string part = kListener.substr(0, size);
    std::string_view table = part;
    BOOST_TEST(!TakeTcpSocket(table).has_value(), part);
    BOOST_TEST(table.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_process_has_the_sockets_that_its_table_shows) {
  const Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  BOOST_REQUIRE(bool(fd));
  BOOST_REQUIRE(listen(fd.get(), 1) == 0);
  const auto own = SocketsOf(getpid());
  BOOST_REQUIRE(own.has_value());
  int listeners = 0;
  const std::string text = ReadOfProcess(getpid(), kTcpTables[0]);
  for (std::string_view table = text; !table.empty();) {
    const auto each = TakeTcpSocket(table);
    listeners += each && each->listens && own->contains(each->inode) ? 1 : 0;
  }
  BOOST_TEST(listeners == 1);
}

BOOST_AUTO_TEST_CASE(a_process_that_is_gone_has_none) {
  BOOST_TEST(!SocketsOf(0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
