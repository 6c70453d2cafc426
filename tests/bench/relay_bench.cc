// What the driver's relay makes of a pipe's speed, as ratios to a `cat` in its place. Usage:
//   bench_relay [RUNS]
// A program prints a log of 256 MB; what stands between its pipe and ours is `cat`, or the driver's
// relay, with nothing to mask or with 100 values in all their forms. Left to itself the kernel now
// spreads the three processes, now puts all on one core, so both are measured: what stands between
// has a core of its own, as far as there are two; or all share one.

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
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

#include "executor/process/stage_process.h"
#include "tests/bench/ci_log.h"
#include "tests/support/temp_folder.h"
#include "verifier/mask/masker.h"

namespace jobwarden::testing {
namespace {

constexpr std::size_t kLogBytes = 256 << 20;

// The first cores that this process may use: one, or two.
std::vector<int> Cores() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) std::abort();
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE && cores.size() < 2; ++core) {
    if (CPU_ISSET(core, &allowed)) cores.push_back(core);
  }
  return cores;
}

void StayOn(int core) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) std::abort();
}

// Seconds until all that the child writes to its standard output has been read; it stays on a core.
double Time(int core, const std::function<int()>& child) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    StayOn(core);
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

int Relay(const std::vector<std::string>& source, const MaskMaker& masked) {
  StageCommand command;
  command.arguments = source;
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
  const MaskMaker masked = [&] {
    return std::make_unique<const MaskSet>(
        std::vector<std::string_view>{values.begin(), values.end()},
        std::vector<std::string>{"https://gitlab.example.com"});
  };
  const auto cores = Cores();
  StayOn(cores[0]);
  const std::vector<std::string> source{"/usr/bin/taskset", "-c", std::to_string(cores[0]),
                                        "/bin/cat", log};
  const auto cat = [&] {
    const std::string line = fmt::format("taskset -c {} cat {} | cat", cores[0], log);
    return execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
  };
  for (const int core : cores) {
    // In turn, so that all meet the same machine.
    std::vector<double> cats, plain_ratios, masked_ratios;
    for (int i = 0; i < runs; ++i) {
      cats.push_back(Time(core, cat));
      plain_ratios.push_back(cats.back() / Time(core, [&] { return Relay(source, {}); }));
      masked_ratios.push_back(cats.back() / Time(core, [&] { return Relay(source, masked); }));
    }
    fmt::print("{}\n", core == cores[0] ? "all on one core" : "the second on a core of its own");
    fmt::print("  cat | cat            {:>6.0f} MB/s\n", kLogBytes / 1e6 / Median(cats));
    fmt::print("  cat | relay          {:>6.2f} of its speed\n", Median(plain_ratios));
    fmt::print("  cat | masking relay  {:>6.2f} of its speed{}\n", Median(masked_ratios),
               core == cores[0] ? "" : " (0.90 or more)");
  }
}

}  // namespace
}  // namespace jobwarden::testing

int main(int argc, char** argv) {
  jobwarden::testing::Measure(argc > 1 ? std::atoi(argv[1]) : 15);
}
