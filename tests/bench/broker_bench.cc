// What the token broker costs: a ticket before an empty step, and a token beside one that GitHub's
// endpoint (on this machine here) gives without it. This program is the worker. Usage:
//   bench_broker [RUNS]

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hooks/github/guard_folder.h"
#include "hooks/github/token_broker.h"
#include "tests/bench/compare.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/github_job.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/token_endpoint.h"
#include "tests/verifier/broker/job_order.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
constexpr const char* kToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

[[noreturn]] void Fail(const std::string& why) {
  fmt::print(stderr, "bench_broker: {}\n", why);
  std::exit(1);
}

// Requests one token, as a client does: `http://127.0.0.1:PORT/TARGET`.
void Request(const std::string& url, const std::string& token) {
  const auto colon = url.find(':', 7);
  const auto slash = url.find('/', colon);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Fail("connect");
  const std::string request = fmt::format(
      "GET {}&audience=sigstore HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: bearer "
      "{}\r\nConnection: close\r\n\r\n",
      url.substr(slash), token);
  if (write(fd, request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
    Fail("write");
  }
  std::string answer;
  std::array<char, 8192> buffer{};
  for (ssize_t got = 0; (got = read(fd, buffer.data(), buffer.size())) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(fd);
  if (answer.find("\"value\"") == answer.npos) Fail(answer);
}

// In a step: the median of so many requests, and then fifty at once.
int Ask(int runs) {
  const std::string url = std::getenv(kUrl);      // NOLINT(concurrency-mt-unsafe)
  const std::string token = std::getenv(kToken);  // NOLINT(concurrency-mt-unsafe)
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    Request(url, token);
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  std::sort(times.begin(), times.end());
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::jthread> all;
  for (int i = 0; i < 50; ++i) all.emplace_back([&] { Request(url, token); });
  all.clear();
  const double fifty =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  fmt::print(stderr, "{:>9.2f} ms for a token, {:>9.2f} ms for fifty at once\n",
             times[times.size() / 2], fifty);
  return 0;
}

void Measure(int runs) {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const TempFolder folder;
  const Signer signer("RS256", "github-key");
  FakeIssuer issuer;
  issuer.SetKeys(signer.KeySetJson());
  TokenEndpoint endpoint(issuer, signer);
  GitHubJob job = GitHubDeploy();
  endpoint.Serve(job);
  const std::string path = folder.Write(
      "jobwarden.toml",
      fmt::format("version = 1\nstate_dir = \"{}/state\"\n[[issuer]]\nname = \"github\"\n"
                  "provider = \"github\"\nurl = \"{}\"\naudience = \"{}\"\n"
                  "[[allow]]\nname = \"deploys\"\nclaims = {{ repository = \"shop/*\" }}\n"
                  "[github]\nshared_user = true\n[audit]\nfile = \"{}/audit.jsonl\"\n",
                  folder.path(), issuer.url(), kGitHubRunnerAudience, folder.path()));
  auto config = LoadConfig(path, JobsRun::kByGitHubRunner);
  if (!config) Fail(config.findings().front().message);
  auto broker = TokenBroker::Start(*config, jobwarden::Environment());
  if (!broker) Fail(broker.findings().front().message);
  const BrokerOrder order = OrderOf(job, config->policy_sha256, folder / "broker");
  if (auto serves = broker->Serve(order); !serves) Fail(serves.findings().front().message);
  GuardSettings settings;
  settings.allowed = true;
  settings.worker = getpid();
  settings.broker = order.socket;
  const std::string programs = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  if (auto made = MakeGuardFolder(folder / "guard", settings, programs); !made) {
    Fail(made.findings().front().message);
  }

  const auto step = [&](bool guarded, const std::string& name, const std::string& script) {
    return Command{{guarded ? folder / "guard/bash" : "/usr/bin/bash", "-e",
                    folder.Write(name, script + "\n")},
                   {{"PATH", (folder / "guard") + ":" + programs},
                    {"HOME", folder.path()},
                    {"RUNNER_TEMP", folder.path()},
                    {"GITHUB_WORKSPACE", folder.path()},
                    {"GITHUB_ACTION", "__run"},
                    {kUrl, job.id_token_request_url},
                    {kToken, job.id_token_request_token}}};
  };
  Compare("a ticket before an empty step", runs, step(true, "a.sh", ":"), step(false, "b.sh", ":"),
          "+1 ms or less");
  const std::string ask = fmt::format("exec {} --ask {}", (here / "bench_broker").string(), runs);
  Run(step(false, "c.sh", ask));
  fmt::print(stderr, "    from the endpoint itself\n");
  Run(step(true, "d.sh", ask));
  fmt::print(stderr, "    through the broker (5 ms more or less)\n");
  for (const pid_t child : ChildrenOf(getpid())) {
    const std::string status = ReadOfProcess(child, "status");
    const auto at = status.find("VmHWM:");
    if (at == status.npos) continue;
    fmt::print("{:<34} {} (24 MiB or less, with job-started's)\n", "the broker's peak memory",
               status.substr(at, status.find('\n', at) - at));
  }
}

}  // namespace
}  // namespace jobwarden::testing

// NOLINTNEXTLINE(bugprone-exception-escape): a bench may end so
int main(int argc, char** argv) {
  using namespace jobwarden::testing;  // NOLINT(google-build-using-namespace): a bench's own
  if (argc == 3 && std::string(argv[1]) == "--ask") return Ask(std::stoi(argv[2]));
  Measure(argc > 1 ? std::stoi(argv[1]) : 200);
}
