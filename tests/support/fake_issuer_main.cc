// fake_issuer: an issuer on loopback for the demo and for trials by hand. Runs until SIGTERM.

#include <signal.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/fake_issuer.h"

namespace {

constexpr const char* kUsage =
    "usage: fake_issuer --keys JWKS_FILE [--issuer-path /PATH] [--port-file FILE]\n"
    "Serves a discovery document and a key set on a free port of 127.0.0.1, prints its url, and\n"
    "writes the port to FILE once it listens.\n";

int Fail(const std::string& message) {
  std::cerr << "fake_issuer: " << message << "\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  std::string keys_file;
  std::string path;
  std::string port_file;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--keys") {
      keys_file = words[i + 1];
    } else if (words[i] == "--issuer-path") {
      path = words[i + 1];
    } else if (words[i] == "--port-file") {
      port_file = words[i + 1];
    } else {
      keys_file.clear();
      break;
    }
  }
  if (keys_file.empty() || words.size() % 2 != 0) {
    std::cerr << kUsage;
    return 2;
  }
  std::ifstream keys(keys_file, std::ios::binary);
  if (!keys) return Fail("cannot read " + keys_file);

  // Blocked before any thread starts, so that this one alone is told.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, nullptr);

  jobwarden::testing::FakeIssuer issuer(path);
  issuer.SetKeys({std::istreambuf_iterator<char>(keys), std::istreambuf_iterator<char>()});
  std::cout << issuer.url() << std::endl;
  if (!port_file.empty()) {
    // Whoever waits for the file must not see it empty.
    const std::string beside = port_file + ".new";
    std::ofstream(beside) << issuer.port() << "\n";
    if (std::rename(beside.c_str(), port_file.c_str()) != 0)
      return Fail("cannot write " + port_file);
  }
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
