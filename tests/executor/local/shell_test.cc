#include "executor/local/shell.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

namespace jobwarden {
namespace {

BOOST_AUTO_TEST_SUITE(shell)

BOOST_AUTO_TEST_CASE(a_shell_is_found_in_the_absolute_folders_of_the_path) {
  const auto command = ShellCommand(Shell::kSh, "bin::/nowhere:/bin:/usr/bin");
  BOOST_REQUIRE(command);
  BOOST_TEST(*command == std::vector<std::string>{"/bin/sh"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_shell_that_is_in_none_of_them_fails_the_driver) {
  for (const std::string path : {"", "/nowhere", "bin", ":"}) {
    const auto command = ShellCommand(Shell::kBash, path);
    BOOST_REQUIRE(!command);
    BOOST_TEST((command.findings()[0].code == Code::kDriverFailed));
  }
}

BOOST_AUTO_TEST_CASE(a_script_gets_the_listed_variables_and_no_other) {
  const std::string path = std::getenv("PATH");
  for (const auto& [name, value] :
       {std::pair("PATH", "/bin"), std::pair("HOME", "/home/ci"), std::pair("LANG", ""),
        std::pair("https_proxy", "http://proxy:3128"), std::pair("NO_PROXY", "localhost"),
        std::pair("CUSTOM_ENV_CI_JOB_TOKEN", "secret"), std::pair("JOB_RESPONSE_FILE", "/r"),
        std::pair("BASH_ENV", "/evil"), std::pair("LD_PRELOAD_OF_RUNNER", "x"),
        std::pair("TMPDIR", "/job"), std::pair("SHELL", "/usr/sbin/nologin")}) {
    setenv(name, value, 1);
  }
  for (const char* name : {"USER", "TERM", "http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy",
                           "all_proxy", "ALL_PROXY"}) {
    unsetenv(name);
  }
  auto environment = ScriptEnvironment(Environment::Take(), {"/bin/bash", "/job/job-tmp"});
  setenv("PATH", path.c_str(), 1);
  std::sort(environment.begin(), environment.end());
  const std::vector<std::string> expected{"HOME=/home/ci",
                                          "LANG=",
                                          "NO_PROXY=localhost",
                                          "PATH=/bin",
                                          "SHELL=/bin/bash",
                                          "TMPDIR=/job/job-tmp",
                                          "https_proxy=http://proxy:3128"};
  BOOST_TEST(environment == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_sealed_file_holds_its_bytes_and_cannot_be_changed) {
  const std::string bytes = "echo \0 binary\n" + std::string(100'000, 'x');
  const auto file = SealedFile(bytes);
  BOOST_REQUIRE(file);
  std::string text(bytes.size() + 1, '\0');
  BOOST_TEST(read(file->get(), text.data(), text.size()) == static_cast<ssize_t>(bytes.size()));
  text.pop_back();
  BOOST_TEST((text == bytes));
  BOOST_TEST(pwrite(file->get(), "y", 1, 0) == -1);
  BOOST_TEST(errno == EPERM);
  BOOST_TEST(ftruncate(file->get(), 1) == -1);
  BOOST_TEST(errno == EPERM);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
