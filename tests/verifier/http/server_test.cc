// A server's clients among each other: how many there are, what they hold, whose turn it is.

#include "verifier/http/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/has.h"
#include "tests/support/raw_client.h"

using namespace jobwarden;
using namespace std::chrono_literals;
using testing::RawClient;

namespace {

// A server with one worker. `/wait` waits until Wake, everything else is answered at once.
class Server {
 public:
  explicit Server(HttpLimits limits = {}) {
    std::vector<Listener> listeners;
    listeners.push_back(*Listen(*ParseListenAddress("127.0.0.1:0"), 0));
    port = static_cast<std::uint16_t>(
        std::atoi(listeners[0].name.substr(listeners[0].name.find(':') + 1).c_str()));
    HttpCalls calls;
    calls.handle = [this](HttpExchange& exchange) { return Handle(exchange); };
    calls.refuse = [](const HttpFault& fault) { return HttpResponse{fault.status, fault.problem}; };
    calls.done = [](const auto&...) {};
    server.emplace(std::move(listeners), nullptr, limits, calls);
    BOOST_REQUIRE(bool(server->Start()));
  }
  ~Server() { server->Stop(); }

  HttpReply Handle(HttpExchange& exchange) {
    const std::string target = exchange.request.target;
    if (target.starts_with("/wait") && exchange.is_first_try) {
      return HttpWait([this](std::function<void()> again) {
        const std::lock_guard lock(mutex);
        waiting.push_back(std::move(again));
      });
    }
    if (on_request) on_request(target);
    return HttpResponse{};
  }

  RawClient Connect(const std::string& bytes = "") const {
    RawClient client(port);
    client.Send(bytes);
    return client;
  }
  int Ask(const std::string& target = "/") const { return Connect(Get(target)).Read().status; }
  static std::string Get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  void AwaitWaiting(std::size_t many) const {
    while (server->waiting() < many) std::this_thread::sleep_for(1ms);
  }

  std::uint16_t port = 0;
  std::function<void(const std::string&)> on_request;
  std::mutex mutex;
  std::vector<std::function<void()>> waiting;
  std::optional<HttpServer> server;
};

std::string BodyOf(std::size_t size, std::size_t sent) {
  return "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
         std::string(sent, 'x');
}

// How many of the clients are refused: by an answer, or on a busy machine by the connection's end.
std::size_t Refused(std::vector<RawClient>& clients, std::size_t at_least) {
  std::size_t refused = 0;
  for (RawClient& client : clients) {
    if (refused >= at_least) break;
    if (client.HasAnswer()) refused += client.Read().status != 200 ? 1 : 0;
  }
  return refused;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(those_who_waited_and_are_woken_at_once_do_not_hold_up_others) {
  Server server;
  std::vector<RawClient> waiting;
  for (int i = 0; i < 200; ++i) waiting.push_back(server.Connect(Server::Get("/wait")));
  server.AwaitWaiting(200);
  const RawClient other = server.Connect();
  BOOST_TEST(server.Ask() == 200);  // so the one before is accepted too
  std::vector<std::string> order;
  server.on_request = [&](const std::string& target) {
    if (order.empty()) other.Send(Server::Get("/other"));
    order.push_back(target);
  };
  std::vector<std::function<void()>> wakes;
  {
    const std::lock_guard lock(server.mutex);
    wakes.swap(server.waiting);
  }
  for (const auto& wake : wakes) wake();
  for (auto& client : waiting) BOOST_TEST(client.Read().status == 200);
  const auto at = std::find(order.begin(), order.end(), "/other") - order.begin();
  BOOST_TEST(at < 100);
}

BOOST_AUTO_TEST_CASE(unfinished_bodies_of_many_clients_take_no_more_memory_than_they_may) {
  HttpLimits limits;
  limits.max_held = 1'048'576;
  const Server server(limits);
  std::vector<RawClient> clients;
  for (int i = 0; i < 16; ++i) clients.push_back(server.Connect(BodyOf(200'000, 199'999)));
  while (Refused(clients, 11) < 11) std::this_thread::sleep_for(10ms);
  BOOST_TEST(server.Ask() == 200);
}

BOOST_AUTO_TEST_CASE(requests_that_wait_take_no_more_memory_than_they_may) {
  HttpLimits limits;
  limits.max_held = 1'048'576;
  const Server server(limits);
  std::vector<RawClient> clients;
  for (int i = 0; i < 16; ++i) clients.push_back(server.Connect(BodyOf(200'000, 200'000)));
  while (Refused(clients, 11) < 11) std::this_thread::sleep_for(10ms);
  BOOST_TEST(server.server->waiting() <= 5U);
  BOOST_TEST(server.Ask() == 200);
}

BOOST_AUTO_TEST_CASE(slow_requests_give_way_where_connections_are_full) {
  HttpLimits limits;
  limits.max_connections = 16;
  limits.slow = 0ms;
  const Server server(limits);
  std::vector<RawClient> slow;
  for (int i = 0; i < 16; ++i) slow.push_back(server.Connect("POST"));
  while (server.server->connections() < 16) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(20ms);
  for (int i = 0; i < 8; ++i) BOOST_TEST(server.Ask() == 200);
}

// A thousand that wait are no reason not to see who is idle.
BOOST_AUTO_TEST_CASE(idle_connection_after_many_busy_ones_is_found) {
  HttpLimits limits;
  limits.max_connections = 1100;
  limits.max_waiting_of_client = 1100;
  const Server server(limits);
  std::vector<RawClient> busy;
  for (int i = 0; i < 1090; ++i) busy.push_back(server.Connect(Server::Get("/wait")));
  server.AwaitWaiting(1090);
  std::vector<RawClient> idle;
  for (int i = 0; i < 10; ++i) idle.push_back(server.Connect());
  while (server.server->connections() < 1100) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(300ms);
  int answered = 0;
  for (int i = 0; i < 3; ++i) answered += server.Ask() == 200 ? 1 : 0;
  BOOST_TEST(answered >= 2);
}

BOOST_AUTO_TEST_SUITE_END()
