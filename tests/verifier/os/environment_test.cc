#include "verifier/os/environment.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace jobwarden {
namespace {

// Runs `body` in a process of its own that was started with this environment and no other, and
// returns what it writes: this test program starts itself again.
std::string InFreshProcess(const std::string& test, std::vector<std::string> environment) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE_EQUAL(pipe(ends.data()), 0);
  environment.push_back("IN_FRESH_PROCESS=" + std::to_string(ends[1]));
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    std::vector<char*> pointers;
    for (auto& each : environment) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    std::string filter = "--run_test=environment/" + test;
    std::array<char*, 3> arguments{const_cast<char*>("self"), filter.data(), nullptr};
    execve("/proc/self/exe", arguments.data(), pointers.data());
    _exit(127);
  }
  close(ends[1]);
  std::string written;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    written.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  waitpid(pid, nullptr, 0);
  return written;
}

// In the fresh process: where to write; -1 in the one that runs the tests.
int FreshProcessOutput() {
  const char* text = std::getenv("IN_FRESH_PROCESS");
  return text == nullptr ? -1 : std::atoi(text);
}

void Put(int fd, const std::string& text) {
  BOOST_REQUIRE_EQUAL(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

BOOST_AUTO_TEST_SUITE(environment)

BOOST_AUTO_TEST_CASE(the_block_that_the_kernel_shows_is_empty_after_it_was_taken) {
  if (const int out = FreshProcessOutput(); out >= 0) {
    const Environment taken = Environment::Take();
    std::ifstream file("/proc/self/environ", std::ios::binary);
    Put(out, std::string(std::istreambuf_iterator<char>(file), {}));
    return;
  }
  const std::string shown =
      InFreshProcess("the_block_that_the_kernel_shows_is_empty_after_it_was_taken",
                     {"CUSTOM_ENV_CI_JOB_TOKEN=secret-value", "PATH=/usr/bin", "no equals sign"});
  BOOST_TEST(shown.size() > 40U);
  BOOST_TEST(shown.find_first_not_of('\0') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(values_are_there_after_they_were_taken_and_nowhere_else) {
  if (const int out = FreshProcessOutput(); out >= 0) {
    const Environment taken = Environment::Take();
    std::string text;
    for (const auto& [name, value] : taken.variables()) {
      if (name != "IN_FRESH_PROCESS") text += name + '=' + std::string(value.view()) + ';';
    }
    text += std::getenv("A") == nullptr && *environ == nullptr ? "gone" : "still there";
    Put(out, text + ';' + std::string(taken.Get("B")) + ';' + std::string(taken.Get("ABSENT")));
    return;
  }
  BOOST_TEST(InFreshProcess("values_are_there_after_they_were_taken_and_nowhere_else",
                            {"A=1", "B=a=b\nc", "A=2", "EMPTY="}) ==
             "A=1;B=a=b\nc;EMPTY=;gone;a=b\nc;");
}

BOOST_AUTO_TEST_CASE(network_settings_are_proxies_and_trusted_certificates) {
  Environment::Variables variables;
  for (const char* name : {"https_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "PATH",
                           "LD_PRELOAD", "OPENSSL_CONF", "CUSTOM_ENV_SSL_CERT_FILE"}) {
    variables.emplace(name, Secret("of " + std::string(name)));
  }
  variables.emplace("all_proxy", Secret(""));
  const Environment environment(std::move(variables));
  const std::vector<std::string> proxies = {"https_proxy=of https_proxy", "NO_PROXY=of NO_PROXY"};
  BOOST_TEST(ProxySettings(environment) == proxies, boost::test_tools::per_element());
  auto all = proxies;
  all.insert(all.end(), {"SSL_CERT_FILE=of SSL_CERT_FILE", "SSL_CERT_DIR=of SSL_CERT_DIR"});
  BOOST_TEST(NetworkSettings(environment) == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_hidden_process_dumps_no_core_and_no_memory) {
  if (const int out = FreshProcessOutput(); out >= 0) {
    const auto before = HideProcess();
    rlimit core{1, 1};
    getrlimit(RLIMIT_CORE, &core);
    const bool raisable = before && before->rlim_max == core.rlim_max;
    Put(out, std::to_string(raisable) + std::to_string(core.rlim_cur) +
                 std::to_string(prctl(PR_GET_DUMPABLE)));
    return;
  }
  BOOST_TEST(InFreshProcess("a_hidden_process_dumps_no_core_and_no_memory", {}) == "100");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
