// A fleet that pulls its policy from one static server on loopback: requests and bytes an hour, the
// time that a pull takes, and how many runners ask in the same second.
//
//   bench_pull [RUNNERS] [SECONDS]     10000 runners, 20 seconds for each round
//
// The runners are in this process, one after the other, each with a state folder of its own. These
// folders are in memory: a pull waits for the disk at each step, and ten thousand runners have
// disks of their own. A round that is not over in time ends, and says how many runners it had.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "tests/support/counting_server.h"
#include "tests/support/minisign_key.h"
#include "tests/support/temp_folder.h"
#include "tests/support/timer_herd.h"
#include "verifier/bundle/bundle.h"
#include "verifier/bundle/minisign.h"
#include "verifier/bundle/pull.h"

using namespace jobwarden;
using jobwarden::testing::CountingServer;

namespace {

// Forty rules and as many tests.
std::vector<BundleFile> PolicyFiles() {
  std::string rules, tests;
  for (int i = 0; i < 40; ++i) {
    rules += fmt::format(
        "[[allow]]\nname = \"group {0}\"\nclaims = {{ project_path = \"g{0}/**\" }}\n", i);
    tests += fmt::format(
        "[[case]]\nname = \"group {0}\"\nprovider = \"gitlab\"\n"
        "claims = {{ project_path = \"g{0}/app\" }}\nexpect = \"allow\"\n",
        i);
  }
  return {{"rules.d/groups.toml", rules}, {"tests/groups.test.toml", tests}};
}

/// Prints the most runners that ask in one second by the timer of the units, if all of them start
/// at the same moment, as after a power cut.
void PrintHerd(std::size_t runners) {
  constexpr std::size_t kSeconds = 3600;
  const auto timer = jobwarden::testing::ReadTimer(JOBWARDEN_POLICY_TIMER);
  const auto runs = jobwarden::testing::RunsBySecond(timer, runners, kSeconds);
  const auto all = std::accumulate(runs.begin(), runs.end(), std::size_t{0});
  fmt::print(
      "by the timer: {:.1f} requests an hour and runner; all started at once: at most {} a second "
      "in the first minute, {} in the last ten\n",
      static_cast<double>(all) / static_cast<double>(runners),
      *std::max_element(runs.begin(), runs.begin() + 60),
      *std::max_element(runs.end() - 600, runs.end()));
}

}  // namespace

int main(int argc, char** argv) {
  using std::chrono::steady_clock;
  const std::size_t runners = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  const std::chrono::seconds patience(argc > 2 ? std::strtol(argv[2], nullptr, 10) : 20);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto key = ReadMinisignSecretKey(Secret(jobwarden::testing::kSecretKey), nullptr);
  if (!key || runners == 0) return 1;
  const std::string bundle =
      WriteBundle({{7, now + std::chrono::days(30), "bench"}, PolicyFiles()});
  CountingServer server(
      {{"/p.tar.gz", bundle}, {"/p.tar.gz.minisig", *SignMinisign(bundle, *key, "c")}});
  const std::vector<ConfigFile> own{
      {"jobwarden.toml",
       "version = 1\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = "
       "\"https://gitlab.example.com\"\naudience = \"a\"\n[policy.pull]\nkeys = [\"" +
           key->public_key.text + "\"]\n"}};
  const auto config = ParseConfig(own);
  if (!config) return 1;
  setenv("TMPDIR", "/dev/shm", 0);
  const jobwarden::testing::TempFolder folder;
  std::size_t pulled = runners;
  for (const char* round : {"first pull", "unchanged"}) {
    server.Reset();
    const std::size_t expected = pulled;
    const auto begin = steady_clock::now();
    auto said = begin;
    for (pulled = 0; pulled < expected && steady_clock::now() - begin < patience; ++pulled) {
      if (steady_clock::now() - said > std::chrono::seconds(2)) {
        said = steady_clock::now();
        fmt::print(stderr, "{}: {} of {} runners\n", round, pulled, expected);
      }
      Config machine = *config;
      machine.state_dir = folder / std::to_string(pulled);
      if (const auto pull = PullPolicy(machine, own, server.url("/p.tar.gz"), now); !pull) {
        fmt::print(stderr, "{}\n", pull.findings().front().message);
        return 1;
      }
    }
    const std::chrono::duration<double, std::milli> took = steady_clock::now() - begin;
    const auto per = [&](std::size_t sum) {
      return static_cast<double>(sum) / static_cast<double>(pulled);
    };
    fmt::print(
        "{}: {} of {} runners, each {:.2f} requests, {:.0f} bytes there, {:.0f} bytes back, {:.2f} "
        "ms\n",
        round, pulled, runners, per(server.requests), per(server.received), per(server.sent),
        took.count() / static_cast<double>(pulled));
  }
  fmt::print(
      "every five minutes: at most 12 requests and {:.0f} bytes an hour and runner\n",
      12.0 * static_cast<double>(server.received + server.sent) / static_cast<double>(pulled));
  PrintHerd(runners);
  return 0;
}
