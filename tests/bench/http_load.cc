// A client that asks at a rate of its own, however slowly it is answered.
//
//   http_load PORT CONNECTIONS RATE COUNT <BODIES
//
// Posts the lines of its standard input to /v1/validate/ci-oidc of 127.0.0.1, in turn, COUNT times
// in all, RATE times a second (0: each connection asks again when it is answered). A request's time
// begins when it is due, also where no connection is free to send it: a server that stands still
// for a second delays all requests of that second, and not one for each connection. Where a body
// has `KID`, each request's token names a key of its own.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/base64url.h"

namespace {

using std::chrono::steady_clock;
using Time = steady_clock::time_point;

struct Connection {
  int fd = -1;
  Time due;
  std::string got;
};

[[noreturn]] void Fail(std::string_view what) {
  fmt::print(stderr, "http_load: {}\n", what);
  std::exit(1);
}

int Connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof(server)) != 0) {
    Fail("cannot connect");
  }
  return fd;
}

std::string Request(std::string body, std::uint64_t number) {
  const std::size_t at = body.find("KID");
  if (at != body.npos) {
    body.replace(at, 3,
                 jobwarden::testing::Base64Url(
                     fmt::format(R"({{"alg":"RS256","kid":"{:x}-{:x}"}})", getpid(), number)));
  }
  return fmt::format(
      "POST /v1/validate/ci-oidc HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", body.size(),
      body);
}

// The status of the answer when it is whole, else 0. An answer is the only one on its connection.
int StatusOf(const std::string& got) {
  constexpr std::string_view kField = "Content-Length: ";
  const std::size_t end = got.find("\r\n\r\n");
  const std::size_t at = got.find(kField);
  if (end == got.npos || at == got.npos) return 0;
  const std::size_t length = std::strtoul(got.c_str() + at + kField.size(), nullptr, 10);
  return got.size() < end + 4 + length ? 0 : std::atoi(got.c_str() + 9);
}

class Load {
 public:
  Load(std::uint16_t port, std::size_t connections, double rate, std::uint64_t count,
       std::vector<std::string> bodies)
      : rate_(rate), count_(count), bodies_(std::move(bodies)), all_(connections) {
    for (Connection& each : all_) {
      each.fd = Connect(port);
      epoll_event event{EPOLLIN, {.ptr = &each}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, each.fd, &event);
      free_.push_back(&each);
    }
    times_.reserve(count);
  }

  void Run() {
    began_ = steady_clock::now();
    while (times_.size() < count_) {
      SendDue();
      std::array<epoll_event, 256> events{};
      const timespec wait = WaitTime();
      const int many = epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
      for (int i = 0; i < many; ++i) Receive(*static_cast<Connection*>(events[i].data.ptr));
    }
    took_ = steady_clock::now() - began_;
  }

  void Print() {
    std::sort(times_.begin(), times_.end());
    const auto at = [&](double part) {
      return times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1))] * 1e3;
    };
    fmt::print(
        "requests {} seconds {:.2f} rate {:.0f} p50 {:.2f} p99 {:.2f} p99.9 {:.2f} max {:.2f}",
        times_.size(), took_.count(), static_cast<double>(times_.size()) / took_.count(), at(0.5),
        at(0.99), at(0.999), at(1));
    for (const auto& [status, many] : statuses_) fmt::print(" status_{} {}", status, many);
    fmt::print("\n");
  }

 private:
  Time DueAt(std::uint64_t number) const {
    const std::chrono::duration<double> after(static_cast<double>(number) / rate_);
    return began_ + std::chrono::duration_cast<steady_clock::duration>(after);
  }

  void SendDue() {
    while (sent_ < count_ && !free_.empty()) {
      const Time now = steady_clock::now();
      const Time due = rate_ > 0 ? DueAt(sent_) : now;
      if (due > now) return;
      Connection& connection = *free_.back();
      free_.pop_back();
      connection.due = due;
      const std::string bytes = Request(bodies_[sent_ % bodies_.size()], sent_);
      if (send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(bytes.size())) {
        Fail("the server ended a connection");
      }
      ++sent_;
    }
  }

  // Until the next request is due.
  timespec WaitTime() const {
    if (sent_ == count_ || free_.empty()) return {1, 0};
    const auto left = std::chrono::nanoseconds(DueAt(sent_) - steady_clock::now()).count();
    return {0, std::clamp<std::int64_t>(left, 0, 999'999'999)};
  }

  void Receive(Connection& connection) {
    std::array<char, 16'384> buffer;
    const ssize_t got = recv(connection.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0) Fail("the server ended a connection");
    connection.got.append(buffer.data(), static_cast<std::size_t>(got));
    const int status = StatusOf(connection.got);
    if (status == 0) return;
    const std::chrono::duration<double> took = steady_clock::now() - connection.due;
    times_.push_back(took.count());
    ++statuses_[status];
    connection.got.clear();
    free_.push_back(&connection);
  }

  double rate_;
  std::uint64_t count_;
  std::vector<std::string> bodies_;
  std::vector<Connection> all_;
  std::vector<Connection*> free_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  Time began_;
  std::chrono::duration<double> took_{};
  std::uint64_t sent_ = 0;
  std::vector<double> times_;
  std::map<int, std::uint64_t> statuses_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) Fail("expected PORT CONNECTIONS RATE COUNT");
  std::vector<std::string> bodies;
  for (std::string line; std::getline(std::cin, line);) bodies.push_back(line);
  if (bodies.empty()) Fail("expected bodies on standard input, one a line");
  prctl(PR_SET_TIMERSLACK, 1);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Load load(static_cast<std::uint16_t>(std::atoi(argv[1])), std::strtoul(argv[2], nullptr, 10),
            std::strtod(argv[3], nullptr), std::strtoull(argv[4], nullptr, 10), std::move(bodies));
  load.Run();
  load.Print();
}
