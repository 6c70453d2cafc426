// fake_github_runner: plays one job as a self-hosted runner of GitHub does, for the demo and for
// trials by hand. Prints what GitHub would show as the job's log. It is also the runner's two
// processes, by the name that it is started under (tests/support/fake_github_runner.h):
//   Runner.Listener MESSAGE...   takes these jobs, one after the other
//   Runner.Worker MESSAGE        plays one

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/fake_github_runner.h"

namespace {

using jobwarden::testing::GitHubRun;

constexpr const char* kUsage =
    "usage: fake_github_runner FOLDER NODE MESSAGE\n"
    "Plays the job of MESSAGE (fake_github writes some) on a runner that is made in FOLDER, whose\n"
    "own node is the program NODE, with the hooks that ACTIONS_RUNNER_HOOK_JOB_STARTED,\n"
    "ACTIONS_RUNNER_HOOK_JOB_COMPLETED and ACTIONS_RUNNER_CONTAINER_HOOKS name. Exits with 0 when\n"
    "the job succeeded, 1 when it failed, 3 when the runner did.\n";

void Print(const GitHubRun& run) {
  for (const auto& step : run.steps) {
    std::cout << step.name << (step.conclusion == "skipped" ? " (skipped)" : "") << "\n";
    std::istringstream lines(step.log);
    for (std::string line; std::getline(lines, line);) std::cout << "  " << line << "\n";
  }
  std::cout << (run.outcome == GitHubRun::Outcome::kSucceeded ? "Job succeeded\n"
                : run.worker_died                             ? "Job failed: its worker was ended\n"
                                                              : "Job failed\n");
}

int Play(const std::vector<std::string>& words) {
  if (words.size() != 3) {
    std::cerr << kUsage;
    return 2;
  }
  jobwarden::testing::GitHubRunnerHost host;
  host.program = std::filesystem::read_symlink("/proc/self/exe");
  host.folder = words[0];
  host.node = words[1];
  for (const char* name : {"PATH", "HOME", "ACTIONS_RUNNER_HOOK_JOB_STARTED",
                           "ACTIONS_RUNNER_HOOK_JOB_COMPLETED", "ACTIONS_RUNNER_CONTAINER_HOOKS"}) {
    if (const char* value = std::getenv(name)) host.environment[name] = value;
  }
  const auto session = jobwarden::testing::PlayGitHubMessages({words[2]}, host);
  if (session.runs.size() != 1) {
    std::cerr << "fake_github_runner: no job was played: " << session.diagnostics << "\n";
    return 3;
  }
  Print(session.only());
  return session.only().outcome == GitHubRun::Outcome::kSucceeded ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace jobwarden::testing;
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const std::string name = std::filesystem::read_symlink("/proc/self/exe").filename();
    if (name == "Runner.Listener") return RunGitHubListener(words);
    if (name == "Runner.Worker" && words.size() == 1) return RunGitHubWorker(words[0]);
    return Play(words);
  } catch (const std::exception& problem) {
    std::cerr << "fake_github_runner: " << problem.what() << "\n";
    return 2;
  }
}
