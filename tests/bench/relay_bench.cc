// What the driver's relay makes of a pipe's speed, as ratios to a `cat` in its place. Usage:
//   bench_relay [RUNS]
// A program prints a log of 256 MB; what stands between its pipe and ours is `cat`, or the driver's
// relay, with nothing to mask or with 100 values in all their forms.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/stage_process.h"
#include "tests/bench/ci_log.h"
#include "tests/support/temp_folder.h"
#include "verifier/mask/masker.h"

namespace jobwarden::testing {
namespace {

constexpr std::size_t kLogBytes = 256 << 20;

// Seconds until all that the child writes to its standard output has been read.
double Time(const std::function<int()>& child) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    _exit(child());
  }
  close(ends[1]);
  static std::array<char, 1 << 16> buffer;
  std::size_t bytes = 0;
  for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    bytes += static_cast<std::size_t>(got);
  }
  close(ends[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0 || bytes != kLogBytes) std::abort();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

int Relay(const std::string& log, const MaskSet* masked) {
  StageCommand command;
  command.arguments = {"/bin/cat", log};
  command.folder = "/";
  command.input = Fd(open("/dev/null", O_RDONLY));
  command.masked = masked;
  const auto status = RunStageProcess(command);
  return status ? *status : 1;
}

void Measure(int runs) {
  const TempFolder folder;
  const std::string log = folder.Write("log", CiLog(kLogBytes));
  const auto values = CiSecrets(100, 12);
  const MaskSet masked({values.begin(), values.end()}, {"https://gitlab.example.com"});
  const auto cat = [&] {
    return execl("/bin/sh", "sh", "-c", fmt::format("cat {} | cat", log).c_str(), nullptr);
  };
  // In turn, so that all meet the same machine.
  std::vector<double> cats, plain_ratios, masked_ratios;
  for (int i = 0; i < runs; ++i) {
    cats.push_back(Time(cat));
    plain_ratios.push_back(cats.back() / Time([&] { return Relay(log, nullptr); }));
    masked_ratios.push_back(cats.back() / Time([&] { return Relay(log, &masked); }));
  }
  fmt::print("cat | cat            {:>6.0f} MB/s\n", kLogBytes / 1e6 / Median(cats));
  fmt::print("cat | relay          {:>6.2f} of its speed\n", Median(plain_ratios));
  fmt::print("cat | masking relay  {:>6.2f} of its speed (0.90 or more)\n", Median(masked_ratios));
}

}  // namespace
}  // namespace jobwarden::testing

int main(int argc, char** argv) {
  jobwarden::testing::Measure(argc > 1 ? std::atoi(argv[1]) : 15);
}
