#include "tests/bench/compare.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

namespace jobwarden::testing {
namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

}  // namespace

Measured Run(const Command& command, int expected_status) {
  command.before();
  std::vector<std::string> entries;
  for (const auto& [name, value] : command.environment)
    entries.push_back(fmt::format("{}={}", name, value));
  std::vector<char*> arguments, environment;
  for (const auto& word : command.words) arguments.push_back(const_cast<char*>(word.c_str()));
  for (auto& entry : entries) environment.push_back(entry.data());
  arguments.push_back(nullptr);
  environment.push_back(nullptr);

  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  const auto begin = std::chrono::steady_clock::now();
  // vfork: the child's peak memory must not begin with this program's.
  // NOLINTBEGIN(clang-analyzer-*): the child does nothing that another process could hold up
  const pid_t pid = vfork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execve(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  // NOLINTEND(clang-analyzer-*)
  close(ends[1]);
  static std::array<char, 1 << 16> buffer;
  while (read(ends[0], buffer.data(), buffer.size()) > 0) {
  }
  close(ends[0]);
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  const Microseconds taken = std::chrono::steady_clock::now() - begin;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != expected_status) {
    fmt::print(stderr, "{} ended with status {:#x}\n", command.words[0], status);
    std::exit(1);
  }
  return {taken.count(), usage.ru_maxrss};
}

void Compare(std::string_view what, int runs, const Command& ours, const Command& floor,
             std::string_view target) {
  std::vector<double> our_times, floor_times, ratios, differences;
  Run(ours);
  Run(floor);
  for (int i = 0; i < runs; ++i) {
    our_times.push_back(Run(ours).microseconds);
    floor_times.push_back(Run(floor).microseconds);
    ratios.push_back(our_times.back() / floor_times.back());
    differences.push_back(our_times.back() - floor_times.back());
  }
  fmt::print("{:<34} {:>9.2f} ms  against {:>9.2f} ms: ratio {:.2f}, {:+.2f} ms ({})\n", what,
             Median(our_times) / 1000, Median(floor_times) / 1000, Median(ratios),
             Median(differences) / 1000, target);
}

}  // namespace jobwarden::testing
