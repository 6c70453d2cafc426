#include "hooks/github/debugger.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/support/has.h"
#include "verifier/os/fd.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

constexpr pid_t kNobody = 0x7FFFFFFF;

// A socket of this process, bound to a free port of this machine.
struct Socket {
  explicit Socket(int family, int type = SOCK_STREAM) : fd(socket(family, type | SOCK_CLOEXEC, 0)) {
    sockaddr_in6 address{};
    address.sin6_family = static_cast<sa_family_t>(family);
    if (family == AF_INET6) address.sin6_addr = in6addr_loopback;
    socklen_t size = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    is_bound = bind(fd.get(), any, size) == 0 && getsockname(fd.get(), any, &size) == 0;
    port = ntohs(address.sin6_port);
  }
  Fd fd;
  bool is_bound;
  std::uint16_t port;
};

std::vector<std::uint16_t> Own() {
  const auto ports = ListeningPorts(getpid());
  BOOST_REQUIRE(ports);
  return *ports;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(debugger)

BOOST_AUTO_TEST_CASE(process_that_listens_is_found_with_its_ports) {
  BOOST_TEST(FindDebugger(getpid()).empty());
  const Socket first(AF_INET);
  const Socket second(AF_INET);
  BOOST_REQUIRE((first.is_bound && second.is_bound));
  BOOST_TEST(Own().empty());
  BOOST_REQUIRE(listen(first.fd.get(), 1) == 0);
  BOOST_TEST(Own() == std::vector{first.port});
  BOOST_REQUIRE(listen(second.fd.get(), 1) == 0);
  BOOST_TEST(Own() ==
             (std::vector{std::min(first.port, second.port), std::max(first.port, second.port)}));
  const Findings findings = FindDebugger(getpid());
  BOOST_REQUIRE(findings.size() == 1U);
  BOOST_TEST(CodeName(findings[0].code) == "DEBUGGER_LISTENS");
  BOOST_TEST(Has(findings[0].message, std::to_string(first.port)));
}

BOOST_AUTO_TEST_CASE(socket_that_a_process_inherited_does_not_count) {
  const Socket inherited(AF_INET);
  BOOST_REQUIRE(listen(inherited.fd.get(), 1) == 0);
  int told[2];
  BOOST_REQUIRE(pipe(told) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const Socket own(AF_INET);
    const bool listens = listen(own.fd.get(), 1) == 0;
    const std::uint16_t port = listens ? own.port : 0;
    if (write(told[1], &port, sizeof port) != sizeof port) _exit(1);
    pause();
  }
  std::uint16_t port = 0;
  BOOST_TEST(read(told[0], &port, sizeof port) == static_cast<ssize_t>(sizeof port));
  const auto ports = ListeningPorts(child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(told[0]);
  close(told[1]);
  BOOST_REQUIRE(ports);
  BOOST_TEST(*ports == std::vector{port});
}

BOOST_AUTO_TEST_CASE(listening_on_ipv6_counts_too) {
  const Socket socket(AF_INET6);
  if (!socket.is_bound) return;  // a machine without IPv6
  BOOST_REQUIRE(listen(socket.fd.get(), 1) == 0);
  BOOST_TEST(Own() == std::vector{socket.port});
}

BOOST_AUTO_TEST_CASE(other_sockets_do_not_count) {
  const Socket datagrams(AF_INET, SOCK_DGRAM);
  // .NET's own diagnostics listen on such a socket in each worker.
  const Fd local(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  BOOST_REQUIRE(bind(local.get(), reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t)) == 0);
  BOOST_REQUIRE(listen(local.get(), 1) == 0);
  BOOST_TEST(Own().empty());
}

BOOST_AUTO_TEST_CASE(process_whose_sockets_nobody_sees_is_an_error) {
  const Findings findings = FindDebugger(kNobody);
  BOOST_REQUIRE(findings.size() == 1U);
  BOOST_TEST((findings[0].code == Code::kDriverFailed));
  BOOST_TEST(Forbids(findings[0]));
}

BOOST_AUTO_TEST_SUITE_END()
