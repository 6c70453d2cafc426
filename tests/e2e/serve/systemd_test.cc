// The service among systemd's tools: its units, sockets that are opened for it, what it tells.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>

#include "tests/e2e/serve/serve_host.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

// The socket that systemd would listen at, for what the service tells.
class Notifications {
 public:
  Notifications() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    BOOST_REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  }
  Notifications(const Notifications&) = delete;
  Notifications& operator=(const Notifications&) = delete;
  ~Notifications() { close(fd_); }

  std::string path() const { return folder_ / "notify"; }
  /// What is told next, but for WATCHDOG=1 where `all` is false.
  std::string Next(bool all = false) const {
    for (;;) {
      pollfd polled{fd_, POLLIN, 0};
      char buffer[1024];
      if (poll(&polled, 1, 20'000) != 1) return "nothing";
      const ssize_t got = recv(fd_, buffer, sizeof(buffer), 0);
      const std::string text(buffer, static_cast<std::size_t>(got < 0 ? 0 : got));
      if (all || text != "WATCHDOG=1") return text;
    }
  }

 private:
  TempFolder folder_;
  int fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

std::uint16_t FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

int ExitCode(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Health() {
  return "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
}

// A unit of the package whose program is the built one, in a folder.
void WriteUnit(const TempFolder& folder, const std::string& name) {
  std::string text = Slurp(InCheckout("install/units/" + name));
  const std::string program = "/opt/jobwarden/jobwarden";
  for (std::size_t at = 0; (at = text.find(program, at)) != text.npos;) {
    text.replace(at, program.size(), Program("jobwarden"));
  }
  folder.Write(name, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(systemd)

BOOST_AUTO_TEST_CASE(units_are_sound_and_closed) {
  const TempFolder folder;
  for (const char* name : {"jobwarden-serve.service", "jobwarden-serve.socket"}) {
    WriteUnit(folder, name);
  }
  ChildOptions verify;
  verify.command = {"/usr/bin/systemd-analyze", "verify", "--man=no",
                    folder / "jobwarden-serve.service", folder / "jobwarden-serve.socket"};
  const ChildResult verified = RunChild(verify);
  BOOST_TEST(verified.exit_code == 0, verified.log);
  BOOST_TEST(Lacks(verified.err, "jobwarden-serve"));
  ChildOptions security;
  security.command = {"/usr/bin/systemd-analyze", "security",   "--offline=true",
                      "--threshold=20",           "--no-pager", folder / "jobwarden-serve.service"};
  const ChildResult exposure = RunChild(security);
  BOOST_TEST(exposure.exit_code == 0, exposure.log);
}

// systemd's own program opens the sockets, as the units have it, and starts the service when
// somebody comes.
BOOST_AUTO_TEST_CASE(sockets_that_systemd_opens_are_served_and_left_to_it) {
  const ServeHost host;  // whose configuration and keys the other one uses
  const Notifications told;
  const TempFolder folder;
  const std::string path = folder / "activated.sock";
  const std::uint16_t port = FreePort();
  const std::string place = "127.0.0.1:" + std::to_string(port);
  const std::string notify = "NOTIFY_SOCKET=" + told.path();
  const pid_t child = fork();
  if (child == 0) {
    const std::string program = Program("jobwarden");
    const std::string config = host.config_path();
    execl("/usr/bin/systemd-socket-activate", "systemd-socket-activate", "-l", path.c_str(), "-l",
          place.c_str(), "-E", notify.c_str(), program.c_str(), "serve", "--config", config.c_str(),
          nullptr);
    _exit(127);
  }
  while (!std::filesystem::exists(path)) usleep(1000);
  RawClient local(path);
  while (!local.connected()) local = RawClient(path);
  local.Send(Health());
  BOOST_TEST(local.Read().status == 200);
  RawClient other(port);
  other.Send(Health());
  BOOST_TEST(other.Read().status == 200);
  const std::string ready = told.Next();
  BOOST_TEST(ready.starts_with("READY=1\n"));
  BOOST_TEST(Has(ready, place));

  // A request is under way when the service is told to end.
  other.Send("POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{");
  local.Send(Health());
  BOOST_TEST(local.Read().status == 200);
  kill(child, SIGTERM);
  BOOST_TEST(told.Next() == "STOPPING=1");
  BOOST_TEST(local.ReadToEnd() == "");
  other.Send("}");
  const HttpReply last = other.Read();
  BOOST_TEST(last.status == 422);
  BOOST_TEST(Has(last.head, "Connection: close"));
  other.EndOutput();
  BOOST_TEST(ExitCode(child) == 0);
  BOOST_TEST(std::filesystem::exists(path));  // it is systemd's
}

BOOST_AUTO_TEST_CASE(socket_that_does_not_listen_is_refused) {
  const ServeHost host;
  const std::string command = "exec 3</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec " +
                              Program("jobwarden") + " serve --config " + host.config_path();
  ChildOptions options;
  options.command = {"/bin/bash", "-c", command};
  const ChildResult result = RunChild(options);
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, "descriptor 3: expected a listening stream socket"));
}

BOOST_AUTO_TEST_CASE(systemd_is_told_how_the_service_is) {
  const Notifications told;
  ServeHost host("", {}, {{"NOTIFY_SOCKET", told.path()}, {"WATCHDOG_USEC", "3000000"}});
  BOOST_TEST(told.Next().starts_with("READY=1\n"));
  for (int i = 0; i < 3; ++i) BOOST_TEST(told.Next(true) == "WATCHDOG=1");
  host.Signal(SIGHUP);
  BOOST_TEST(told.Next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  BOOST_TEST(told.Next() == "READY=1\nSTATUS=reloaded");
  host.Configure("nonsense = 1\n");
  host.Signal(SIGHUP);
  BOOST_TEST(told.Next().starts_with("RELOADING=1\n"));
  BOOST_TEST(told.Next() == "READY=1\nSTATUS=a reload was refused");
  BOOST_TEST(host.End() == 0);
  BOOST_TEST(told.Next() == "STOPPING=1");
}

BOOST_AUTO_TEST_CASE(watchdog_of_another_process_is_not_fed) {
  const Notifications told;
  ServeHost host(
      "", {},
      {{"NOTIFY_SOCKET", told.path()}, {"WATCHDOG_USEC", "1500000"}, {"WATCHDOG_PID", "1"}});
  BOOST_TEST(told.Next(true).starts_with("READY=1\n"));
  sleep(2);
  BOOST_TEST(host.End() == 0);
  BOOST_TEST(told.Next(true) == "STOPPING=1");
}

BOOST_AUTO_TEST_SUITE_END()
