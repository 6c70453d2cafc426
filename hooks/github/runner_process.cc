#include "hooks/github/runner_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {  // glibc 2.36's header lacks this
#include <sys/pidfd.h>
}

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
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

// Why the process is not the runner's process of this name; empty if it is.
std::string WhyNot(pid_t pid, std::string_view name) {
  const std::string program = ProgramOf(pid);
  std::string called = ReadOfProcess(pid, "comm");
  if (called.ends_with('\n')) called.pop_back();
  if (called != name || fs::path(program).filename() != name) {
    return fmt::format("process {}: expected {}, got {} of {}", pid, name, Quote(called),
                       Quote(program));
  }
  if (UserOf(pid) != geteuid()) return fmt::format("process {} is not this user's", pid);
  return "";
}

// A process, and a descriptor that holds it.
struct Held {
  pid_t pid;
  Fd fd;
};

std::optional<pid_t> ParentNow(pid_t child) {
  if (child == getpid()) return getppid();
  const auto stat = StatOf(child);
  return stat ? std::optional(stat->parent) : std::nullopt;
}

// The parent is read again after it is held. If it is the same, it has been the parent all the
// time.
Result<Held> HoldParent(pid_t child) {
  const auto parent = ParentNow(child);
  if (!parent) return Fault(fmt::format("process {} has ended", child));
  Held held{*parent, Fd(pidfd_open(*parent, 0))};
  if (!held.fd) return Fault(fmt::format("process {}: {}", *parent, ErrorText(errno)));
  if (ParentNow(child) != parent) return Fault(fmt::format("process {} has ended", *parent));
  return held;
}

Status Signal(const Fd& process, int signal, std::string_view name) {
  if (pidfd_send_signal(process.get(), signal, nullptr, 0) == 0) return Ok();
  return Fault(fmt::format("{}: {}", name, ErrorText(errno)));
}

constexpr std::string_view kWorker = "Runner.Worker";
constexpr std::string_view kListener = "Runner.Listener";

}  // namespace

Result<RunnerProcesses> FindRunnerProcesses() {
  auto worker = HoldParent(getpid());
  if (worker && ProgramOf(worker->pid).ends_with("/bash")) worker = HoldParent(worker->pid);
  if (!worker) return std::move(worker).findings();
  auto listener = HoldParent(worker->pid);
  if (!listener) return std::move(listener).findings();
  for (const auto& [pid, name] :
       {std::pair(worker->pid, kWorker), std::pair(listener->pid, kListener)}) {
    if (std::string why = WhyNot(pid, name); !why.empty()) return Fault(std::move(why));
  }
  if (fs::path(ProgramOf(worker->pid)).parent_path() !=
      fs::path(ProgramOf(listener->pid)).parent_path()) {
    return Fault("worker and listener are programs of two runners");
  }
  return RunnerProcesses{worker->pid, std::move(worker->fd), std::move(listener->fd)};
}

void WriteToWorkerErrors(const RunnerProcesses& processes, std::string_view text) {
  const Fd fd(open(fmt::format("/proc/{}/fd/{}", processes.worker_pid, STDERR_FILENO).c_str(),
                   O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat st = {};
  // If the worker still exists now, the file that was opened is the worker's.
  if (!fd || fstat(fd.get(), &st) != 0 || !S_ISFIFO(st.st_mode)) return;
  if (!Signal(processes.worker, 0, kWorker)) return;
  static_cast<void>(signal(SIGPIPE, SIG_IGN));  // the listener may be gone
  if (text.size() > PIPE_BUF) text = text.substr(0, text.rfind('\n', PIPE_BUF - 1) + 1);
  Say(fd.get(), text);
}

Status EndWorker(const RunnerProcesses& processes) {
  return Signal(processes.worker, SIGKILL, kWorker);
}

Status ShutDownRunner(const RunnerProcesses& processes) {
  return Signal(processes.listener, SIGINT, kListener);
}

}  // namespace jobwarden
