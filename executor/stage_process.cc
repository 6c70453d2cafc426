#include "executor/stage_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "executor/output_relay.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace{200};
constexpr std::chrono::microseconds kGatherTime{200};
constexpr std::size_t kLargePiece = 65'536;

Finding Failed(std::string_view what, int error) {
  return Finding{Code::kDriverFailed, fmt::format("{}: {}", what, ErrorText(error)), "", {}, false};
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// What the child needs between fork and exec, made before: there it must not allocate.
struct Start {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;
  JobLimits limits;
  bool keeps_group;
  pid_t parent;
  std::array<int, 3> standard;  // become 0, 1 and 2
};

// In the child: returns the errno that kept the program from starting.
int Become(const Start& start) {
  if (!start.keeps_group && setsid() < 0) return errno;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (getppid() != start.parent) return ECANCELED;
  for (int to = 0; to < 3; ++to) {
    if (dup2(start.standard[static_cast<std::size_t>(to)], to) < 0) return errno;
  }
  // What we opened closes itself at exec; this is for what we were started with. Kernels before
  // 5.11 do not know it.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  for (int signal_number = 1; signal_number < NSIG; ++signal_number) {
    (void)signal(signal_number, SIG_DFL);  // the few that cannot be changed say so, and are not
  }
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return errno;
  if (chdir(start.folder) != 0) return errno;
  umask(start.limits.umask);
  if (setrlimit(RLIMIT_CORE, &start.limits.core) != 0) return errno;
  execve(start.arguments[0], start.arguments.data(), start.environment.data());
  return errno;
}

bool SameFile(int a, int b) {
  struct stat first {};
  struct stat second {};
  return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

// The process, its outputs on their way to ours, and the signals that concern it.
class StageProcess {
 public:
  std::optional<Finding> Begin(const StageCommand& command);
  int Finish();

 private:
  std::optional<Finding> Fork(const StageCommand& command, Fd out, Fd err);
  void Pump(std::optional<milliseconds> patience);
  void Note(std::size_t moved);
  void TakeSignals();
  void EndGroup();
  bool Busy() const;
  void LetOutputEnd();
  bool GroupLives() const { return kill(-pid_, 0) == 0 || errno == EPERM; }

  Fd signals_;
  std::vector<OutputRelay> relays_;
  pid_t pid_ = -1;
  bool keeps_group_ = false;
  bool told_to_end_ = false;
  std::optional<int> status_;
  steady_clock::time_point last_piece_;
  bool gather_ = false;
};

std::optional<Finding> StageProcess::Begin(const StageCommand& command) {
  keeps_group_ = command.keeps_group;
  sigset_t ours;
  sigemptyset(&ours);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD}) sigaddset(&ours, number);
  if (sigprocmask(SIG_BLOCK, &ours, nullptr) != 0) return Failed("signals", errno);
  // Whoever started us may have them ignored, and an ignored SIGCHLD hides the exit status.
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD})
    (void)signal(number, SIG_DFL);
  (void)signal(SIGPIPE, SIG_IGN);
  signals_ = Fd(signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) return Failed("signals", errno);
  // The orphans of the job become ours: so they are seen to end, also where no init reaps them.
  if (!keeps_group_ && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    return Failed("orphans", errno);

  std::array<Fd, 2> job_side;
  for (const int ours_number : {STDOUT_FILENO, STDERR_FILENO}) {
    const bool elsewhere = ours_number == STDOUT_FILENO && command.output;
    if (ours_number == STDERR_FILENO && !command.output && SameFile(STDOUT_FILENO, STDERR_FILENO))
      break;
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return Failed("pipe", errno);
    job_side[static_cast<std::size_t>(ours_number - 1)] = Fd(ends[1]);
    relays_.emplace_back(Fd(ends[0]), elsewhere ? command.output.get() : ours_number,
                         elsewhere ? nullptr : command.masked);
  }
  return Fork(command, std::move(job_side[0]), std::move(job_side[1]));
}

std::optional<Finding> StageProcess::Fork(const StageCommand& command, Fd out, Fd err) {
  const Start start{Pointers(command.arguments),
                    Pointers(command.environment),
                    command.folder.c_str(),
                    command.limits,
                    keeps_group_,
                    getpid(),
                    {command.input.get(), out.get(), err ? err.get() : out.get()}};
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Failed("pipe", errno);
  const Fd verdict(ends[0]);
  Fd told(ends[1]);

  pid_ = fork();
  if (pid_ < 0) return Failed("fork", errno);
  if (pid_ == 0) {
    const int error = Become(start);
    (void)!write(told.get(), &error, sizeof error);
    _exit(127);
  }
  told.Close();
  // Nothing comes when the program runs: the pipe closes itself at exec.
  int error = 0;
  ssize_t got = 0;
  do {
    got = read(verdict.get(), &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof error) return std::nullopt;
  waitpid(pid_, nullptr, 0);
  return Failed("cannot start " + Quote(command.arguments[0]), error);
}

int StageProcess::Finish() {
  while (!status_) Pump(std::nullopt);
  if (keeps_group_) {
    LetOutputEnd();
  } else {
    EndGroup();
  }
  for (auto& relay : relays_) relay.TakeNoMoreThanIsThere();
  while (Busy()) Pump(std::nullopt);
  return *status_;
}

bool StageProcess::Busy() const {
  return std::any_of(relays_.begin(), relays_.end(),
                     [](const OutputRelay& relay) { return !relay.done(); });
}

// Pieces that follow each other closely are let gather for a moment: a job that prints at full
// speed is not to be woken, and to wake the runner, once for each of its writes.
void StageProcess::Note(std::size_t moved) {
  if (moved == 0 || moved >= kLargePiece) return;
  const auto now = steady_clock::now();
  gather_ = now - last_piece_ < kGatherTime;
  last_piece_ = now;
}

// Waits until a signal comes or an output can be moved, and does that.
void StageProcess::Pump(std::optional<milliseconds> patience) {
  if (std::exchange(gather_, false)) {
    pollfd signal{signals_.get(), POLLIN, 0};
    const timespec moment{0, std::chrono::nanoseconds(kGatherTime).count()};
    if (ppoll(&signal, 1, &moment, nullptr) > 0) return TakeSignals();
  }
  std::array<pollfd, 3> wanted{};
  wanted[0] = {signals_.get(), POLLIN, 0};
  for (std::size_t i = 0; i < relays_.size(); ++i) wanted[i + 1] = relays_[i].Wants();
  const int timeout = patience ? static_cast<int>(patience->count()) : -1;
  if (poll(wanted.data(), relays_.size() + 1, timeout) <= 0) return;
  for (std::size_t i = 0; i < relays_.size(); ++i) {
    if (wanted[i + 1].revents != 0) Note(relays_[i].Move());
  }
  if (wanted[0].revents != 0) TakeSignals();
}

void StageProcess::TakeSignals() {
  signalfd_siginfo info{};
  while (read(signals_.get(), &info, sizeof info) == sizeof info) {
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGCHLD) continue;
    told_to_end_ = true;
    if (!keeps_group_) kill(-pid_, number);
  }
  // One SIGCHLD may stand for several children.
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != pid_) continue;
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

void StageProcess::EndGroup() {
  for (const int number : {SIGTERM, SIGKILL}) {
    if (!GroupLives()) return;
    kill(-pid_, number);
    const auto deadline = steady_clock::now() + kGrace;
    while (GroupLives()) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
      if (left <= milliseconds(0)) break;
      Pump(left);
    }
  }
}

// What a wrapper writes through (`exec > >(tee …)`) may end a moment after it. When the group was
// told to end, those who do not are left to who told it: it kills them when it still sees us.
void StageProcess::LetOutputEnd() {
  while (told_to_end_ && Busy()) Pump(std::nullopt);
  const auto deadline = steady_clock::now() + kGrace;
  while (Busy()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds(0)) return;
    Pump(left);
  }
}

}  // namespace

Result<int> RunStageProcess(const StageCommand& command) {
  StageProcess process;
  if (auto problem = process.Begin(command)) return *std::move(problem);
  return process.Finish();
}

}  // namespace jobwarden
