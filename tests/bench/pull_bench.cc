// A fleet that pulls its policy from one static server on loopback: requests and bytes, and the
// time that a pull takes beside a bare request.
//
//   bench_pull [RUNNERS]     10000 if it is not said

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/counting_server.h"
#include "tests/support/temp_folder.h"
#include "verifier/bundle/bundle.h"
#include "verifier/bundle/minisign.h"
#include "verifier/bundle/pull.h"

using namespace jobwarden;
using jobwarden::testing::CountingServer;

namespace {

// A key that minisign -G -W made.
constexpr const char* kSecretKey =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAArhI1tB9J0rJv7J/"
    "D68CHDynqmqobaXAZhnWOmX4vavbliTbb5Hod9WsnsrTbE4YjXjX+"
    "HekAfkd44alzi6zzR17jsjye9GW3AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

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

}  // namespace

int main(int argc, char** argv) {
  const std::size_t runners = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto key = ReadMinisignSecretKey(Secret(kSecretKey), nullptr);
  if (!key) return 1;
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
  const jobwarden::testing::TempFolder folder;
  for (const char* round : {"first pull", "unchanged"}) {
    server.Reset();
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < runners; ++i) {
      Config machine = *config;
      machine.state_dir = folder / std::to_string(i);
      if (const auto pull = PullPolicy(machine, own, server.url("/p.tar.gz"), now); !pull) {
        fmt::print("{}\n", pull.findings().front().message);
        return 1;
      }
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    const auto per = [&](std::size_t sum) {
      return static_cast<double>(sum) / static_cast<double>(runners);
    };
    fmt::print(
        "{}: {} runners, each {:.2f} requests, {:.0f} bytes there, {:.0f} bytes back, {:.2f} ms\n",
        round, runners, per(server.requests), per(server.received), per(server.sent),
        took.count() / static_cast<double>(runners));
  }
  fmt::print(
      "every five minutes: {:.0f} requests and {:.0f} bytes an hour and runner\n", 12.0,
      12.0 * static_cast<double>(server.received + server.sent) / static_cast<double>(runners));
  return 0;
}
