// Clients that are rude, broken or hostile: others are answered meanwhile, and nothing stays
// behind.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <random>
#include <thread>

#include "tests/e2e/serve/serve_host.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;
using namespace std::chrono_literals;

namespace {

// KiB that a program keeps although they are freed: with AddressSanitizer a quarantine.
#ifdef __SANITIZE_ADDRESS__
constexpr long kKeptFreed = 256L * 1024;
#else
constexpr long kKeptFreed = 0;
#endif

std::string DecideOf(const std::string& token) {
  const std::string body = nlohmann::json{{"token", token}}.dump();
  return "POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Waits until something is so; false after 10 s.
template <class Condition>
bool Eventually(const Condition& is_so) {
  for (int i = 0; i < 500; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

// Waits until the server has no more descriptors than this.
bool FallsTo(const ServeHost& host, std::size_t descriptors) {
  return Eventually([&] { return host.descriptors() <= descriptors; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(abuse)

BOOST_AUTO_TEST_CASE(slow_half_closed_and_broken_clients_delay_nobody_and_leave_nothing) {
  const ServeHost host;
  BOOST_TEST(host.Get("/healthz").status == 200);
  const std::size_t before = host.descriptors();
  {
    std::vector<RawClient> slow;
    for (int i = 0; i < 200; ++i) {
      slow.push_back(host.Connect());
      const char* const parts[] = {
          "", "POST", "POST /v1/decide HTTP/1.1\r\nHost: x\r\nCont",
          "POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9"};
      slow.back().Send(parts[i % 5]);
      if (i % 7 == 0) slow.back().EndOutput();
    }
    for (int i = 0; i < 20; ++i)
      BOOST_TEST(host.Post("/v1/decide", {{"token", host.token}}).status == 200);
    // The whole request must come in time, however steadily it comes.
    RawClient& steady = slow[1];
    for (int i = 0; i < 12; ++i) {
      steady.Send("x");
      std::this_thread::sleep_for(500ms);
    }
    BOOST_TEST(steady.Read().status == 408);
    BOOST_TEST(slow[2].Read().status == 408);
  }
  BOOST_TEST(FallsTo(host, before));
}

BOOST_AUTO_TEST_CASE(thousands_of_idle_connections_are_kept_and_others_are_answered) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const rlimit own{std::min<rlim_t>(files.rlim_max, 12'000), files.rlim_max};
  setrlimit(RLIMIT_NOFILE, &own);
  const std::size_t many = std::min<std::size_t>(10'000, own.rlim_cur - 200);
  const ServeHost host;
  const long memory = host.StatusLine("VmRSS");
  std::vector<RawClient> idle;
  idle.reserve(many);
  for (std::size_t i = 0; i < many; ++i) idle.push_back(host.Connect());
  for (int i = 0; i < 50; ++i)
    BOOST_TEST(host.Post("/v1/decide", {{"token", host.token}}).status == 200);
  const std::string metrics = host.Get("/metrics").body;
  const std::string gauge = "\njobwarden_serve_connections ";
  BOOST_TEST(std::stoul(metrics.substr(metrics.find(gauge) + gauge.size())) >= many);
  BOOST_TEST(host.StatusLine("VmRSS") - memory < 32 * 1024 + kKeptFreed);
  idle.back().Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(idle.back().Read().status == 200);
}

BOOST_AUTO_TEST_CASE(where_no_descriptor_is_left_the_idle_give_way) {
  const ServeHost host;
  BOOST_TEST(host.Get("/healthz").status == 200);
  // Only root sees the descriptors, and there are some twenty.
  const rlimit few{std::max<rlim_t>(host.descriptors(), 20) + 20, 12'000};
  BOOST_REQUIRE(prlimit(host.pid, RLIMIT_NOFILE, &few, nullptr) == 0);
  std::vector<RawClient> idle;
  for (int i = 0; i < 100; ++i) idle.push_back(host.Connect());
  std::this_thread::sleep_for(400ms);
  for (int i = 0; i < 10; ++i) BOOST_TEST(host.Get("/healthz").status == 200);
}

// Clients that take all connections leave descriptors for what the service reads itself.
BOOST_AUTO_TEST_CASE(connections_never_take_the_last_descriptor) {
  const ServeHost host("", {}, {}, 300);
  BOOST_TEST(Has(host.log(), "serve.max_connections: 172 instead of 12000"));
  std::vector<RawClient> busy;
  for (int i = 0; i < 400; ++i) {
    busy.push_back(host.Connect());
    busy.back().Send("POST");
  }
  host.Signal(SIGHUP);
  BOOST_TEST(host.Logged("the configuration was reloaded"));
}

BOOST_AUTO_TEST_CASE(where_connections_are_full_the_idle_give_way) {
  const ServeHost host("max_connections = 16\nworkers = 2\n");
  std::vector<RawClient> idle;
  for (int i = 0; i < 100; ++i) idle.push_back(host.Connect());
  std::this_thread::sleep_for(400ms);
  for (int i = 0; i < 10; ++i) BOOST_TEST(host.Get("/healthz").status == 200);
  // Those that are busy do not.
  std::vector<RawClient> busy;
  for (int i = 0; i < 40; ++i) {
    busy.push_back(host.Connect());
    busy.back().Send("POST");
  }
  int refused = 0;
  for (auto& client : busy) {
    client.Send(" /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
    const HttpReply reply = client.Read();
    refused += reply.status == 503 ? 1 : 0;
    if (reply.status == 503) BOOST_TEST(Has(reply.body, "\"BUSY\""));
  }
  BOOST_TEST(refused > 0);
  busy.clear();
  std::this_thread::sleep_for(400ms);
  BOOST_TEST(host.Get("/healthz").status == 200);
}

// Each connection has sent as much as a request may have, and stays.
BOOST_AUTO_TEST_CASE(connections_that_brought_large_bodies_keep_no_memory) {
  const ServeHost host;
  BOOST_TEST(host.Post("/v1/decide", {{"token", host.token}}).status == 200);
  const long memory = host.StatusLine("VmRSS");
  std::vector<RawClient> clients;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(host.Connect());
    clients.back().Send("POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 262144\r\n\r\n" +
                        std::string(262'144, ' '));
    BOOST_TEST(clients.back().Read().status == 422);
  }
  BOOST_TEST(host.StatusLine("VmRSS") - memory < 16 * 1024 + kKeptFreed);
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_their_order) {
  const ServeHost host;
  RawClient client = host.Connect();
  std::string all;
  constexpr int kMany = 500;
  for (int i = 0; i < kMany; ++i) {
    all += i % 2 == 0 ? DecideOf(host.token) : "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  std::thread sender([&] { client.Send(all); });
  for (int i = 0; i < kMany; ++i) {
    const HttpReply reply = client.Read();
    BOOST_REQUIRE(reply.status == 200);
    BOOST_REQUIRE(reply.json().contains(i % 2 == 0 ? "outcome" : "version"));
  }
  sender.join();
}

// The client sends for ever, and does not read. The server stops reading, and then ends it.
BOOST_AUTO_TEST_CASE(client_that_never_reads_costs_no_memory) {
  const ServeHost host;
  const long memory = host.StatusLine("VmRSS");
  const std::string requests = [] {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    return text;
  }();
  RawClient client = host.Connect();
  std::thread sender([&] {
    for (int i = 0; i < 20; ++i) client.Send(requests);
  });
  for (int i = 0; i < 50; ++i) BOOST_TEST(host.Get("/healthz").status == 200);
  BOOST_TEST(host.StatusLine("VmRSS") - memory < 16 * 1024 + kKeptFreed);
  client.EndOutput();
  host.Signal(SIGKILL);
  sender.join();
}

BOOST_AUTO_TEST_CASE(bad_bytes_get_an_error_in_json_and_end_only_their_connection) {
  const ServeHost host;
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    RawClient client = host.Connect();
    std::string bytes(random() % 3000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    client.Send(bytes + "\r\n\r\n");
    client.EndOutput();
    const std::string answer = client.ReadToEnd();
    if (!answer.empty()) {
      BOOST_TEST(answer.starts_with("HTTP/1.1 4"));
      BOOST_TEST(Has(answer, "{\"error\":{\"code\":\""));
    }
  }
  // A megabyte of header, and the answer arrives although the client still sends.
  RawClient large = host.Connect();
  large.Send("GET / HTTP/1.1\r\nX: " + std::string(1'000'000, 'x') + "\r\n\r\n");
  BOOST_TEST(large.Read().status == 431);
  // Chunks that promise more than may come.
  RawClient bomb = host.Connect();
  bomb.Send(
      "POST /v1/decide HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
  BOOST_TEST(bomb.Read().status == 413);
  BOOST_TEST(host.Get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(connection_survives_what_http_allows_it_to) {
  const ServeHost host;
  RawClient client = host.Connect();
  for (const auto& [request, status] :
       {std::pair<std::string, int>{DecideOf("abc"), 200},
        {"GET /absent HTTP/1.1\r\nHost: x\r\n\r\n", 404},
        {"PUT /v1/decide HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{", 422},
        {"POST /v1/decide HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
         "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
         422},
        {"GET /v1/decide?token=x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {DecideOf(host.token), 200}}) {
    client.Send(request);
    const HttpReply reply = client.Read();
    BOOST_TEST(reply.status == status, reply.body);
    BOOST_TEST(Lacks(reply.head, "Connection: close"));
  }
  client.Send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(client.Read(false).status == 200);
  client.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(client.Read().json()["status"] == "ok");
}

// The issuer is asked a few times, however many keys strangers invent, and honest clients are
// answered at once.
BOOST_AUTO_TEST_CASE(flood_of_unknown_kids_reaches_neither_the_issuer_nor_honest_clients) {
  FakeIssuer issuer;
  const TempFolder folder;
  const Signer signer;
  issuer.SetKeys(signer.KeySetJson());
  const ServeHost host("version = 1\nstate_dir = \"" + (folder / "state") +
                       "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = \"" +
                       issuer.url() + "\"\naudience = \"" + kRunnerAudience +
                       "\"\nalgorithms = [\"EdDSA\"]\n[issuer.keys]\ncooldown = \"60s\"\n"
                       "[[allow]]\nname = \"all\"\nclaims = { project_path = \"**\" }\n");
  Job job = ProtectedDeploy();
  job.server = issuer.url();
  const std::string token = TokenText(job, job.Token("JOBWARDEN_ID_TOKEN"), signer);
  const auto honest = [&] {
    return host.Post("/v1/decide", {{"token", token}}).json()["outcome"] == "allow";
  };
  BOOST_TEST(honest());
  const long memory = host.StatusLine("VmRSS");
  int kid = 0;
  const auto stranger = [&] {
    RawClient client = host.Connect();
    client.Send(DecideOf(
        signer.SignWithHeader(R"({"alg":"EdDSA","kid":"k)" + std::to_string(++kid) + "\"}", "{}")));
    return client;
  };
  // The first one's key is looked for at once. After that the issuer is left alone for a minute.
  BOOST_TEST(stranger().Read().json()["outcome"] == "deny");
  constexpr int kMayWait = 1024;
  std::vector<RawClient> waiting;
  while (waiting.size() < kMayWait) waiting.push_back(stranger());
  // Workers share the connections, so the last to be sent is not the last to be read.
  const std::string all_wait =
      "\njobwarden_serve_waiting_requests " + std::to_string(kMayWait) + "\n";
  BOOST_TEST(Eventually([&] { return Has(host.Get("/metrics").body, all_wait); }));
  for (int i = 0; i < 500; ++i) BOOST_REQUIRE(stranger().Read().status == 429);
  BOOST_TEST(honest());
  BOOST_TEST(issuer.requests(FakeIssuer::kKeysPath) <= 3);
  BOOST_TEST(host.StatusLine("VmRSS") - memory < 32 * 1024 + kKeptFreed);
}

BOOST_AUTO_TEST_SUITE_END()
