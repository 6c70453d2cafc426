// The token broker alone. The test is the worker: the steps are its children.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <sstream>
#include <vector>

#include "hooks/github/guard_folder.h"
#include "hooks/github/token_broker.h"
#include "tests/support/child.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/github_job.h"
#include "tests/support/has.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_users.h"
#include "tests/support/token_endpoint.h"
#include "tests/verifier/broker/job_order.h"
#include "verifier/config/config.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

constexpr const char* kPath = "/usr/local/bin:/usr/bin:/bin";
const std::string kUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
const std::string kToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

// Prints the status, a blank and the body.
std::string Ask(const std::string& audience) {
  return "curl -sS -w ' %{http_code}\\n' -H \"Authorization: bearer $" + kToken + "\" \"$" + kUrl +
         "&audience=" + audience + "\"\n";
}

struct Machine {
  explicit Machine(const std::string& more = "") {
    issuer.SetKeys(signer.KeySetJson());
    endpoint.Serve(job);
    const std::string path = folder.Write(
        "jobwarden.toml",
        "version = 1\nstate_dir = \"" + (folder / "state") +
            "\"\n[[issuer]]\nname = \"github\"\nprovider = \"github\"\nurl = \"" + issuer.url() +
            "\"\naudience = \"" + kGitHubRunnerAudience +
            "\"\n[issuer.keys]\ntimeout = \"2s\"\n[[allow]]\nname = \"deploys\"\n" + more +
            "claims = { repository = \"shop/*\" }\n[github]\nshared_user = true\n"
            "[audit]\nfile = \"" +
            (folder / "audit.jsonl") + "\"\n");
    auto loaded = LoadConfig(path, JobsRun::kByGitHubRunner);
    BOOST_REQUIRE(loaded);
    config = *std::move(loaded);
    const jobwarden::Environment nothing;
    auto started = TokenBroker::Start(config, nothing);
    BOOST_REQUIRE(started);
    broker = std::make_unique<TokenBroker>(*std::move(started));
    BOOST_REQUIRE(broker->Serve(Order()));
    GuardSettings settings;
    settings.allowed = true;
    settings.worker = getpid();
    settings.broker = folder / "broker";
    BOOST_REQUIRE(MakeGuardFolder(folder / "guard", settings, kPath));
  }
  BrokerOrder Order() const { return OrderOf(job, config.policy_sha256, folder / "broker"); }
  // A step with this script, as the runner starts it.
  ChildResult Step(const std::string& script, const std::string& id = "__run") const {
    ChildOptions child;
    child.command = {folder / "guard/bash", "-c", script};
    child.environment = {{"PATH", (folder / "guard") + ":" + kPath},
                         {"HOME", folder.path()},
                         {"GITHUB_ACTION", id},
                         {kUrl, job.id_token_request_url},
                         {kToken, job.id_token_request_token}};
    child.folder = folder.path();
    return RunChild(child);
  }
  // Starts a step that has written its ticket to a file and goes on until `stop` is there.
  std::future<ChildResult> StepWithTicketIn(const std::string& file) const {
    auto step = std::async(std::launch::async, [this, file] {
      return Step("env | grep ^ACTIONS_ID_TOKEN > new; mv new " + file +
                  "; while ! [ -f stop ]; do sleep 0.02; done");
    });
    while (!std::filesystem::exists(folder / file)) usleep(10'000);
    return step;
  }
  void Stop() const { folder.Write("stop", ""); }

  TempFolder folder;
  Signer signer{"RS256", "github-key"};
  FakeIssuer issuer;
  TokenEndpoint endpoint{issuer, signer};
  GitHubJob job = GitHubDeploy();
  Config config;
  std::unique_ptr<TokenBroker> broker;
};

// A connection to the broker that the step's URL names.
int Connect(const std::string& variables) {
  const auto colon = variables.find("127.0.0.1:") + 10;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(variables.substr(colon))));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  BOOST_REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broker_requests)

BOOST_AUTO_TEST_CASE(endpoint_that_is_busy_for_a_moment_is_asked_again) {
  Machine machine;
  machine.endpoint.Queue({{.status = 429, .body = ""}, {.status = 503, .body = ""}});
  BOOST_TEST(Has(machine.Step(Ask("a")).out, " 200\n"));
}

BOOST_AUTO_TEST_CASE(endpoints_refusal_is_told_to_the_step) {
  Machine machine;
  machine.endpoint.Always(Answer{.status = 403, .body = "{}"});
  const std::string out = machine.Step(Ask("a")).out;
  BOOST_TEST(Has(out, " 500\n"));
  BOOST_TEST(Has(out, "\"message\":\"jobwarden: TOKEN_REQUEST_FAILED: token endpoint "));
  BOOST_TEST(Has(out, "answered 403"));
  BOOST_TEST(Lacks(out, machine.job.id_token_request_token));
}

BOOST_AUTO_TEST_CASE(fifty_requests_at_once_are_all_answered) {
  Machine machine;
  std::string script;
  for (int i = 0; i < 50; ++i) script += Ask("a" + std::to_string(i)).insert(0, "{ ") + "} &\n";
  script += "wait\n";
  std::string::size_type at = 0;
  int good = 0;
  const std::string out = machine.Step(script).out;
  while ((at = out.find(" 200\n", at)) != out.npos) ++good, ++at;
  BOOST_TEST(good == 50, out);
  BOOST_TEST(machine.endpoint.requests() == 50);
}

BOOST_AUTO_TEST_CASE(ticket_of_another_running_step_is_refused) {
  Machine machine;
  auto victim = machine.StepWithTicketIn("victim");
  const std::string out = machine.Step("export $(cat victim)\n" + Ask("a")).out;
  machine.Stop();
  victim.get();
  BOOST_TEST(Has(out, " 403\n"));
  BOOST_TEST(Has(out, "used by another step's process"));
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(steps_that_run_at_the_same_time_have_tickets_of_their_own) {
  Machine machine;
  auto one = machine.StepWithTicketIn("one");
  auto two = machine.StepWithTicketIn("two");
  const std::string first = Slurp(machine.folder / "one");
  const std::string second = Slurp(machine.folder / "two");
  machine.Stop();
  one.get();
  two.get();
  BOOST_TEST(Has(first, kToken));
  BOOST_TEST(first != second);
}

BOOST_AUTO_TEST_CASE(process_of_another_user_is_refused) {
  if (geteuid() != 0) return;
  Machine machine;
  const TestUsers users(1);
  auto victim = machine.StepWithTicketIn("victim");
  ChildOptions child;
  const std::string variables = Slurp(machine.folder / "victim");
  child.command = {"/usr/bin/setpriv", "--reuid", users.name(), "--clear-groups",
                   "/bin/sh",          "-c",      Ask("a")};
  child.environment = {{"PATH", kPath}};
  std::istringstream lines(variables);
  for (std::string line; std::getline(lines, line);) {
    child.environment[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  }
  const std::string out = RunChild(child).out;
  machine.Stop();
  victim.get();
  BOOST_TEST(Has(out, " 403\n"));
  BOOST_TEST(Has(out, "used by a process of user " + std::to_string(users.uid())));
}

BOOST_AUTO_TEST_CASE(step_that_is_refused_cannot_ask_again) {
  Machine machine;
  GuardSettings settings;
  settings.allowed = true;
  settings.step_tokens = StepTokens::kListed;
  settings.worker = getpid();
  settings.broker = machine.folder / "broker";
  BOOST_REQUIRE(MakeGuardFolder(machine.folder / "guard", settings, kPath));
  const ChildResult step =
      machine.Step("echo ${#" + kUrl + "}\n" + kUrl + "=x " + kToken +
                   "=y exec python3 -c 'import socket\ns = socket.socket(socket.AF_UNIX)\n"
                   "s.connect(\"broker\")\ns.sendall(b\"step named x\\n\")\nprint(s.recv(100))'");
  BOOST_TEST(step.out == "0\nb'none\\n'\n", step.log);
}

BOOST_AUTO_TEST_CASE(process_below_a_step_gets_no_ticket_of_its_own) {
  Machine machine;
  const ChildResult step = machine.Step(
      "python3 -c 'import socket\ns = socket.socket(socket.AF_UNIX)\n"
      "s.connect(\"broker\")\ns.sendall(b\"step named x\\n\")\nprint(s.recv(100))'; :");
  BOOST_TEST(step.out == "b'none\\n'\n", step.log);
}

BOOST_AUTO_TEST_CASE(silent_and_slow_clients_keep_nobody_out) {
  Machine machine;
  auto step = machine.StepWithTicketIn("step");
  const std::string variables = Slurp(machine.folder / "step");
  std::vector<int> silent;
  for (int i = 0; i < 400; ++i) {
    silent.push_back(Connect(variables));
    if (i % 2 == 0) BOOST_TEST(write(silent.back(), "GET /", 5) == 5);
  }
  BOOST_TEST(Has(machine.Step(Ask("a")).out, " 200\n"));
  machine.Stop();
  step.get();
  for (const int fd : silent) close(fd);
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_answered_with_an_error) {
  Machine machine;
  auto step = machine.StepWithTicketIn("step");
  const std::string variables = Slurp(machine.folder / "step");
  const auto answer = [&](const std::string& request) {
    const int fd = Connect(variables);
    BOOST_TEST(write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size()));
    std::string all;
    char buffer[4096];
    for (ssize_t got = 0; (got = read(fd, buffer, sizeof(buffer))) > 0;) {
      all.append(buffer, static_cast<std::size_t>(got));
    }
    close(fd);
    return all.substr(0, all.find('\r'));
  };
  BOOST_TEST(answer("hello\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  BOOST_TEST(answer("GET /other HTTP/1.1\r\n\r\n") == "HTTP/1.1 404 Not Found");
  BOOST_TEST(answer("DELETE /idtoken HTTP/1.1\r\n\r\n") == "HTTP/1.1 405 Method Not Allowed");
  BOOST_TEST(answer("GET /idtoken HTTP/1.1\r\nx: " + std::string(20'000, 'x')) ==
             "HTTP/1.1 431 Request Header Fields Too Large");
  BOOST_TEST(answer("GET /idtoken HTTP/1.1\r\n\r\n") == "HTTP/1.1 401 Unauthorized");
  machine.Stop();
  step.get();
}

BOOST_AUTO_TEST_CASE(proxy_does_not_get_the_brokers_requests) {
  Machine machine;
  const ChildResult step = machine.Step("echo \"$no_proxy $NO_PROXY\"\n" + Ask("a"));
  BOOST_TEST(Has(step.out, " \n"));
  ChildOptions child;
  child.command = {machine.folder / "guard/bash", "-c",
                   "echo \"$no_proxy|$NO_PROXY\"\n" + Ask("a")};
  child.environment = {{"PATH", kPath},
                       {"GITHUB_ACTION", "x"},
                       {"http_proxy", "http://127.0.0.1:1"},
                       {"NO_PROXY", "example.com"},
                       {kUrl, machine.job.id_token_request_url},
                       {kToken, machine.job.id_token_request_token}};
  const ChildResult proxied = RunChild(child);
  BOOST_TEST(Has(proxied.out, "|example.com,127.0.0.1\n"));
  BOOST_TEST(Has(proxied.out, " 200\n"));
}

BOOST_AUTO_TEST_CASE(order_that_is_not_one_starts_nothing) {
  Machine machine;
  const jobwarden::Environment nothing;
  auto other = TokenBroker::Start(machine.config, nothing);
  BOOST_REQUIRE(other);
  BrokerOrder order = machine.Order();
  order.policy_sha256 = "another";
  const auto served = other->Serve(order);
  BOOST_REQUIRE(!served);
  BOOST_TEST(Has(served.findings().front().message, "the configuration changed"));
}

BOOST_AUTO_TEST_SUITE_END()
