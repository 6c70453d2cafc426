#include "hooks/github/left_processes.h"

#include <fmt/format.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "hooks/github/held_process.h"
#include "verifier/base/finding.h"
#include "verifier/base/secret.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

using std::chrono::system_clock;

// Whether the environment with which the process was started has NAME=VALUE. The first of several
// values of a name counts.
bool Has(std::string_view environ, std::string_view name, std::string_view value) {
  while (!environ.empty()) {
    const std::string_view variable = environ.substr(0, environ.find('\0'));
    environ.remove_prefix(std::min(variable.size() + 1, environ.size()));
    if (variable.size() <= name.size() || variable[name.size()] != '=') continue;
    if (variable.starts_with(name)) return variable.substr(name.size() + 1) == value;
  }
  return false;
}

bool IsLeft(pid_t pid, const Environment& environment) {
  constexpr std::string_view kTemp = "RUNNER_TEMP";
  constexpr std::string_view kTrackingId = "RUNNER_TRACKING_ID";
  const std::string_view temp = environment.Get(kTemp);
  const std::string_view tracking_id = environment.Get(kTrackingId);
  if (temp.empty() || tracking_id.empty()) return false;
  std::string environ = ReadOfProcess(pid, "environ");
  const bool is_left = Has(environ, kTemp, temp) && !Has(environ, kTrackingId, tracking_id);
  Wipe(environ);
  return is_left;
}

}  // namespace

std::optional<system_clock::time_point> StartOf(pid_t pid) {
  const auto stat = StatOf(pid);
  timespec up{};
  const long ticks_each_second = sysconf(_SC_CLK_TCK);
  if (!stat || ticks_each_second <= 0 || clock_gettime(CLOCK_BOOTTIME, &up) != 0) {
    return std::nullopt;
  }
  const auto now = std::chrono::seconds(up.tv_sec) + std::chrono::nanoseconds(up.tv_nsec);
  const auto started = std::chrono::milliseconds(stat->started * 1000 /
                                                 static_cast<std::uint64_t>(ticks_each_second));
  return system_clock::now() - std::chrono::duration_cast<system_clock::duration>(now - started);
}

bool OtherWorkerUses(const std::string& home, pid_t worker) {
  const std::vector<pid_t> all = AllProcesses();
  return std::any_of(all.begin(), all.end(), [&](pid_t pid) {
    const auto stat = StatOf(pid);
    if (pid == worker || !stat || stat->parent == worker) return false;
    if (stat->name.find("Runner.Worker") == std::string::npos) return false;
    std::string environ = ReadOfProcess(pid, "environ");
    const bool uses = Has(environ, "HOME", home);
    Wipe(environ);
    return uses;
  });
}

std::vector<LeftProcess> FindLeftProcesses(const Environment& environment) {
  std::vector<LeftProcess> left;
  for (const pid_t pid : AllProcesses()) {
    if (!IsLeft(pid, environment)) continue;
    if (const auto stat = StatOf(pid)) left.push_back({pid, stat->name});
  }
  return left;
}

Status EndLeftProcess(const LeftProcess& process, const Environment& environment) {
  const auto held = HeldProcess::Hold(process.pid);
  if (!held) return held.findings();
  if (!IsLeft(process.pid, environment)) {
    return Finding{Code::kDriverFailed, fmt::format("process {} has ended", process.pid)};
  }
  return held->Signal(SIGKILL);
}

}  // namespace jobwarden
