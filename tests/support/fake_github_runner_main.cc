// fake_github_runner: the two processes of a self-hosted GitHub runner, by the name that it is
// started under (tests/support/fake_github_runner.h).
//   Runner.Listener MESSAGE...   takes these jobs, one after the other
//   Runner.Worker MESSAGE        plays one

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "tests/support/fake_github_runner.h"

int main(int argc, char** argv) {
  using namespace jobwarden::testing;
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const std::string name = std::filesystem::read_symlink("/proc/self/exe").filename();
    if (name == "Runner.Listener") return RunGitHubListener(words);
    if (name == "Runner.Worker" && words.size() == 1) return RunGitHubWorker(words[0]);
    std::cerr << "fake_github_runner: is started as Runner.Listener or Runner.Worker\n";
    return 2;
  } catch (const std::exception& problem) {
    std::cerr << "fake_github_runner: " << problem.what() << "\n";
    return 2;
  }
}
