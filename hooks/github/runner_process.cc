#include "hooks/github/runner_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

Finding Fault(std::string message) {
  return {Code::kDriverFailed, std::move(message)};
}

// The real user of a process: the first number of the line `Uid:`.
std::optional<uid_t> UserOf(pid_t pid) {
  constexpr std::string_view kLine = "\nUid:\t";
  const std::string status = ReadOfProcess(pid, "status");
  const auto at = status.find(kLine);
  if (at == std::string::npos) return std::nullopt;
  uid_t user = 0;
  const char* begin = status.data() + at + kLine.size();
  const auto [end, error] = std::from_chars(begin, status.data() + status.size(), user);
  if (error != std::errc() || end == begin) return std::nullopt;
  return user;
}

std::string ProgramOf(pid_t pid) {
  std::error_code error;
  std::string program = fs::read_symlink(fmt::format("/proc/{}/exe", pid), error);
  constexpr std::string_view kDeleted = " (deleted)";  // by an update of the runner
  if (program.ends_with(kDeleted)) program.resize(program.size() - kDeleted.size());
  return program;
}

// Whether the process runs the runner's program of this name: as its program, whatever a wrapper
// put around the name, or as what dotnet was given.
bool Runs(pid_t pid, std::string_view name) {
  if (fs::path(ProgramOf(pid)).filename().string().find(name) != std::string::npos) return true;
  const std::string line = ReadOfProcess(pid, "cmdline");
  std::size_t begin = 0;
  for (int word = 0; word < 2 && begin < line.size(); ++word) {
    const std::size_t end = std::min(line.find('\0', begin), line.size());
    const std::string called = fs::path(line.substr(begin, end - begin)).filename();
    if (called == name || called == std::string(name) + ".dll") return true;
    begin = end + 1;
  }
  return false;
}

std::optional<pid_t> ParentNow(pid_t child) {
  if (child == getpid()) return getppid();
  const auto stat = StatOf(child);
  return stat ? std::optional(stat->parent) : std::nullopt;
}

// The parent is read again after it is held. If it is the same, it has been the parent all the
// time.
Result<HeldProcess> HoldParent(pid_t child) {
  const auto parent = ParentNow(child);
  if (!parent) return Fault(fmt::format("process {} has ended", child));
  auto held = HeldProcess::Hold(*parent);
  if (held && ParentNow(child) != parent)
    return Fault(fmt::format("process {} has ended", *parent));
  return held;
}

constexpr std::string_view kWorker = "Runner.Worker";
constexpr std::string_view kListener = "Runner.Listener";
constexpr int kMaxAncestors = 16;

}  // namespace

Result<RunnerProcesses> FindRunnerProcesses() {
  std::vector<HeldProcess> shells;
  pid_t child = getpid();
  for (int i = 0; i < kMaxAncestors && child > 1; ++i) {
    auto parent = HoldParent(child);
    if (!parent) return std::move(parent).findings();
    child = parent->pid();
    if (!Runs(child, kWorker)) {
      shells.push_back(*std::move(parent));
      continue;
    }
    if (UserOf(child) != geteuid())
      return Fault(fmt::format("process {} is not this user's", child));
    auto listener = HoldParent(child);
    const bool is_listener =
        listener && Runs(listener->pid(), kListener) && UserOf(listener->pid()) == geteuid();
    return RunnerProcesses{*std::move(parent), std::move(shells),
                           is_listener ? std::optional(*std::move(listener)) : std::nullopt};
  }
  std::string found;
  for (const HeldProcess& each : shells) {
    found += (found.empty() ? "" : ", ") + Quote(ProgramOf(each.pid()));
  }
  return Fault(fmt::format("expected {} above this process, got {}", kWorker, found));
}

void WriteToWorkerErrors(const RunnerProcesses& processes, std::string_view text) {
  const Fd fd(open(fmt::format("/proc/{}/fd/{}", processes.worker.pid(), STDERR_FILENO).c_str(),
                   O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat st = {};
  // If the worker still exists now, the file that was opened is the worker's.
  if (!fd || fstat(fd.get(), &st) != 0 || !S_ISFIFO(st.st_mode)) return;
  if (processes.worker.HasEnded()) return;
  static_cast<void>(signal(SIGPIPE, SIG_IGN));  // the listener may be gone
  if (text.size() > PIPE_BUF) text = text.substr(0, text.rfind('\n', PIPE_BUF - 1) + 1);
  Say(fd.get(), text);
}

}  // namespace jobwarden
