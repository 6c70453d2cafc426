// What keys cost a job, beside peers in one run. Usage:
//   bench_keys [RUNS]
// Each line compares whole processes, in turn, so that both meet the same machine.

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_issuer.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "verifier/fetch/tls.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_program.h"
#include "verifier/token/signature.h"

namespace jobwarden::testing {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;
constexpr const char* kBundle = "/etc/ssl/certs/ca-certificates.crt";

struct Measured {
  double milliseconds;
  double peak_mib;
};

pid_t Start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  // vfork: the child's peak memory must not begin with this program's.
  const pid_t pid = vfork();
  if (pid == 0) {
    char* nothing = nullptr;
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDERR_FILENO);
    execve(arguments[0], arguments.data(), &nothing);
    _exit(127);
  }
  return pid;
}

// There is nothing to measure in what fails.
double End(pid_t pid, const std::string& what) {
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  if (status != 0) {
    fmt::print(stderr, "{} ended with status {:#x}\n", what, status);
    std::exit(1);
  }
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Measured Run(const std::vector<std::string>& words) {
  const auto begin = std::chrono::steady_clock::now();
  const double peak = End(Start(words), words.back());
  return {Milliseconds(std::chrono::steady_clock::now() - begin).count(), peak};
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// How much longer each program runs than the first of them, which is the floor.
std::vector<double> Above(const std::vector<std::vector<std::string>>& programs, int runs) {
  std::vector<std::vector<double>> more(programs.size());
  for (const auto& program : programs) Run(program);
  for (int i = 0; i < runs; ++i) {
    const double floor = Run(programs.front()).milliseconds;
    for (std::size_t k = 1; k < programs.size(); ++k) {
      more[k].push_back(Run(programs[k]).milliseconds - floor);
    }
  }
  std::vector<double> medians;
  for (std::size_t k = 1; k < programs.size(); ++k) medians.push_back(Median(more[k]));
  return medians;
}

Issuer TheIssuer(const std::string& url) {
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = url;
  issuer.keys.timeout = std::chrono::seconds(60);
  return issuer;
}

// What one measured process does. `key` verifies a signature by a key that it has; `cache` looks
// the key up in the cache in addition. The others set TLS up: `folder` as the refresh program does.
int Child(const std::string& what, const std::vector<std::string>& more) {
  using Poco::Net::Context;
  if (what == "key" || what == "cache") {
    const auto set = KeySet::Parse(Slurp(more[0] + "/jwks"), Code::kKeysUnavailable, "keys");
    const std::string signature = Slurp(more[0] + "/signature");
    if (!set || !VerifyBytes(*set->Find("key-1"), Algorithm::kRS256, "input", signature)) return 1;
    if (what == "key") return 0;
    KeyCache cache(more[0] + "/state", {}, RefreshByProgram(more[0] + "/jobwarden.toml", {}));
    const auto keys = cache.Get(TheIssuer(more[1]), "key-1");
    return keys && keys->set.Has("key-1") && keys->warnings.empty() ? 0 : 1;
  }
  const Context::Ptr none =
      new Context(Context::TLS_CLIENT_USE, "", "", "", Context::VERIFY_STRICT, 9, false, "DEFAULT");
  if (what == "none") return 0;
  if (what == "folder") return MakeClientContext("") ? 0 : 1;
  if (what == "bundle") return MakeClientContext(kBundle) ? 0 : 1;
  if (what == "poco") {
    const Context::Ptr defaults = new Context(Context::TLS_CLIENT_USE, "", "", "",
                                              Context::VERIFY_STRICT, 9, true, "DEFAULT");
    return 0;
  }
  return 2;
}

}  // namespace
}  // namespace jobwarden::testing

int main(int argc, char** argv) {
  using namespace jobwarden::testing;  // NOLINT(google-build-using-namespace): a bench's own
  namespace fs = std::filesystem;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() >= 2 && words[0] == "--child") {
    return Child(words[1], {words.begin() + 2, words.end()});
  }
  const int runs = words.empty() ? 200 : std::atoi(words[0].c_str());
  const std::string self = fs::read_symlink("/proc/self/exe");
  const std::string jobwarden = fs::path(self).parent_path() / "jobwarden";

  // An issuer with three keys, over TLS, and a configuration that knows it.
  const TempFolder folder;
  const Certificate certificate = MakeCertificate("localhost");
  FakeIssuer issuer("", {certificate, "localhost"});
  const Signer signer("RS256", "key-1");
  issuer.SetKeys(R"({"keys":[)" + signer.Jwk() + "," + Signer("RS256", "key-2").Jwk() + "," +
                 Signer("RS256", "key-3").Jwk() + "]}");
  folder.Write("jwks", signer.KeySetJson());
  folder.Write("signature", signer.SignBytes("input"));
  const std::string config = folder.Write(
      "jobwarden.toml",
      fmt::format("version = 1\nstate_dir = \"{}/state\"\n[[issuer]]\nname = \"gitlab\"\n"
                  "provider = \"gitlab\"\nurl = \"{}\"\naudience = \"runner\"\n[issuer.keys]\n"
                  "timeout = \"60s\"\nca_file = \"{}\"\n",
                  folder.path(), issuer.url(), folder.Write("ca.pem", certificate.certificate)));
  const std::vector<std::string> refresh = {jobwarden, "keys", "refresh", "--config", config};
  const auto child = [&](const std::string& what) {
    return std::vector<std::string>{self, "--child", what, folder.path(), issuer.url()};
  };

  constexpr int kAtOnce = 200;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<pid_t> started;
  for (int i = 0; i < kAtOnce; ++i) started.push_back(Start(child("cache")));
  for (const pid_t pid : started) End(pid, "cold start");
  const double all = Milliseconds(std::chrono::steady_clock::now() - begin).count();
  const int cold_fetches = issuer.requests(FakeIssuer::kKeysPath);
  fmt::print("{:<52} {} fetch{} (1), {:.0f} ms in all\n",
             "200 processes at once, cold cache:", cold_fetches, cold_fetches == 1 ? "" : "es",
             all);

  const auto lookup = Above({child("key"), child("cache")}, runs);
  fmt::print("{:<52} {:+.2f} ms (0.3 or less)\n",
             "a key of the warm cache, to the process:", lookup[0]);

  double peak = 0;
  for (int i = 0; i < 20; ++i) peak = std::max(peak, Run(refresh).peak_mib);
  fmt::print("{:<52} {:.1f} MiB (24 or less)\n", "keys refresh over TLS, peak memory:", peak);

  if (!fs::exists(kBundle)) return 0;
  const auto tls = Above({child("none"), child("folder"), child("bundle"), child("poco")},
                         std::max(runs / 2, 10));
  fmt::print(
      "{:<52} {:+.2f} ms; {:.1f} times as much for the bundle file ({:+.2f} ms), {:.1f} "
      "times for Poco's default loading ({:+.2f} ms)\n",
      "TLS set-up with the system's trust:", tls[0], tls[1] / tls[0], tls[1], tls[2] / tls[0],
      tls[2]);
}
