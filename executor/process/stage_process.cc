// How a stage runs. The parts are in files of their own: what an earlier stage left
// (earlier_stage), the fork (stage_start), the outputs (output_relay), the processes below
// (descendants).
//
// One process does it all, without threads, from one poll: it moves output, takes signals from a
// descriptor, and reaps. So nothing of it waits while something else is due: a script that prints
// nothing can be cancelled, and one that prints at full speed is. What the job decides about is
// bounded for the same reason: how many children end, how many signals come, how many processes
// there are to kill. None of them makes the stage last longer than a few seconds after its end.
//
// That process is not the one that GitLab Runner started, but a child of it (keeper.h): the runner
// kills a driver that is late, and what the job left would go on beside the next stage. All that
// was started is below the keeper, which adopts orphans. So a daemon that changed its session,
// group, environment and name is found. Not below it is what another service starts for the job
// (cron, systemd --user, at): that is found where a user is the job's alone (`run_as`), because
// there all processes of the user end. Nobody holds a job that runs as the driver's own user and
// kills driver and keeper at once; then only those with the job's TMPDIR are found.
//
// It never kills by a number that could be a stranger's (see descendants.cc), never waits for a
// blocked process, and never throws output away while somebody reads it.

#include "executor/process/stage_process.h"

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
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <optional>
#include <utility>

#include "executor/process/descendants.h"
#include "executor/process/earlier_stage.h"
#include "executor/process/keeper.h"
#include "executor/process/leftovers.h"
#include "executor/process/output_relay.h"
#include "executor/process/stage_start.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace{200};
constexpr milliseconds kKillTime{5'000};
constexpr milliseconds kStep{5};
constexpr std::chrono::microseconds kGatherTime{200};
constexpr std::size_t kLargePiece = 65'536;
constexpr int kMaxSignals = 16;  // at once: a job can send them faster than they are read

Finding Failed(std::string_view what, int error) {
  return Finding{Code::kDriverFailed, fmt::format("{}: {}", what, ErrorText(error))};
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
  // `driver`: which this process is the keeper of, if it is one.
  std::optional<Finding> Begin(const StageCommand& command, std::optional<pid_t> driver);
  Result<int> Finish();
  // Whether nothing of the stage goes on.
  bool childless() const { return childless_; }

 private:
  std::optional<Finding> Start(const StageCommand& command, Fd out, Fd err, Fd& verdict);
  int AwaitStart(const Fd& verdict);
  void Pump(std::optional<milliseconds> patience);
  void Note(std::size_t moved);
  void TakeSignals();
  bool Busy() const;
  void LetOutputEnd();
  void Reap();
  void ReadReport();
  void EndRest();
  void LetRestEnd(milliseconds time);
  void Tell(const std::vector<LeftProcess>& left) const;

  Fd signals_;
  Fd report_;  // of the sandbox
  std::string report_text_;
  std::unique_ptr<const MaskSet> masked_;
  std::vector<OutputRelay> relays_;
  pid_t pid_ = -1;
  bool keeps_group_ = false;
  pid_t group_ = -1;                 // of the job: the leader's process id
  const Identity* alone_ = nullptr;  // the user, if no process of the user's is another job's
  bool childless_ = false;
  bool unreaped_ = false;  // there may be more children that have ended
  bool signaled_ = false;
  std::optional<pid_t> driver_;
  bool abandoned_ = false;  // the driver was killed: nobody waits for the stage
  std::optional<int> status_;
  steady_clock::time_point last_piece_;
  bool gather_ = false;
};

std::optional<Finding> StageProcess::Begin(const StageCommand& command,
                                           std::optional<pid_t> driver) {
  driver_ = driver;
  keeps_group_ = command.keeps_group;
  if (command.user && command.alone) alone_ = &*command.user;
  const auto ours = BlockStageSignals();
  if (!ours) return ours.findings().front();
  (void)signal(SIGPIPE, SIG_IGN);
  signals_ = Fd(signalfd(-1, &*ours, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) return Failed("signals", errno);
  // The orphans of the job become ours: so they are seen to end, also where no init reaps them.
  if (!keeps_group_ && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    return Failed("orphans", errno);

  struct Output {
    Fd from;
    int to;
    bool is_masked;
  };
  std::vector<Output> outputs;
  std::array<Fd, 2> job_side;
  for (const int ours_number : {STDOUT_FILENO, STDERR_FILENO}) {
    const bool elsewhere = ours_number == STDOUT_FILENO && command.output;
    if (ours_number == STDERR_FILENO && !command.output && SameFile(STDOUT_FILENO, STDERR_FILENO))
      break;
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return Failed("pipe", errno);
    job_side[static_cast<std::size_t>(ours_number - 1)] = Fd(ends[1]);
    // So that another user's script may open it again, as `echo >/dev/stderr` does.
    if (command.user && fchown(ends[1], command.user->uid, command.user->gid) != 0) {
      return Failed("pipe", errno);
    }
    outputs.push_back({Fd(ends[0]), elsewhere ? command.output.get() : ours_number, !elsewhere});
  }
  Fd verdict;
  if (auto problem = Start(command, std::move(job_side[0]), std::move(job_side[1]), verdict)) {
    return problem;
  }
  // While the program comes to its first line.
  if (command.masked) masked_ = command.masked();
  for (Output& each : outputs) {
    relays_.emplace_back(std::move(each.from), each.to, each.is_masked ? masked_.get() : nullptr);
  }
  const int error = AwaitStart(verdict);
  if (error == 0) return std::nullopt;
  return CannotStart(command.arguments[0], error);
}

// Forks. What `verdict` says is AwaitStart's to read.
std::optional<Finding> StageProcess::Start(const StageCommand& command, Fd out, Fd err,
                                           Fd& verdict) {
  std::vector<std::string> arguments = command.arguments;
  Fd report;
  if (command.sandboxed) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return Failed("pipe", errno);
    report_ = Fd(ends[0]);
    report = Fd(ends[1]);
    fcntl(report_.get(), F_SETFL, O_NONBLOCK);
    arguments.insert(arguments.begin() + 1, {"--json-status-fd", std::to_string(report.get()),
                                             "--seccomp", std::to_string(command.filter.get())});
  }
  const StageStart start{ExecVector(arguments),
                         ExecVector(command.environment),
                         command.folder.c_str(),
                         command.limits,
                         keeps_group_,
                         command.user ? &*command.user : nullptr,
                         alone_ != nullptr,
                         getpid(),
                         {command.input.get(), out.get(), err ? err.get() : out.get()},
                         {report.get(), command.filter.get()}};
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return CannotStart(arguments[0], errno);
  verdict = Fd(ends[0]);
  const Fd told(ends[1]);
  pid_ = fork();
  if (pid_ < 0) return CannotStart(arguments[0], errno);
  if (pid_ == 0) {
    const int error = ExecStage(start);
    (void)!write(told.get(), &error, sizeof error);
    _exit(127);
  }
  group_ = pid_;
  return std::nullopt;
}

// Returns the errno that kept the program from starting, or 0.
int StageProcess::AwaitStart(const Fd& verdict) {
  // The child may be stopped by processes of the user that it became.
  std::array<pollfd, 2> wanted{{{verdict.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
  while (wanted[0].revents == 0) {
    if (poll(wanted.data(), wanted.size(), -1) > 0 && wanted[1].revents != 0) TakeSignals();
  }
  // Nothing comes when the program runs: the pipe closes itself at exec.
  int error = 0;
  if (read(verdict.get(), &error, sizeof error) != sizeof error) return 0;
  waitpid(pid_, nullptr, 0);
  return error;
}

Result<int> StageProcess::Finish() {
  while (!status_ && !abandoned_) Pump(std::nullopt);
  if (keeps_group_) {
    LetOutputEnd();
  } else {
    EndRest();
  }
  if (abandoned_) return 128 + SIGKILL;  // nobody reads that, nor what was printed
  for (auto& relay : relays_) relay.TakeNoMoreThanIsThere();
  while (Busy()) Pump(std::nullopt);
  if (report_) ReadReport();
  // Only a command that was started has an exit code; one that was told to end may lack it too.
  if (!report_ || signaled_ || report_text_.find("\"exit-code\"") != std::string::npos) {
    return *status_;
  }
  return Finding{Code::kDriverFailed, "the sandbox was not built: bwrap says above why",
                 "run the same bwrap by hand, or set executor.sandbox = \"none\""};
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
  int timeout = patience ? static_cast<int>(patience->count()) : -1;
  if (unreaped_) timeout = 0;
  const int ready = poll(wanted.data(), relays_.size() + 1, timeout);
  if (unreaped_) Reap();
  if (ready <= 0) return;
  for (std::size_t i = 0; i < relays_.size(); ++i) {
    if (wanted[i + 1].revents != 0) Note(relays_[i].Move());
  }
  if (wanted[0].revents != 0) TakeSignals();
}

void StageProcess::TakeSignals() {
  signalfd_siginfo info{};
  for (int i = 0; i < kMaxSignals && read(signals_.get(), &info, sizeof info) == sizeof info; ++i) {
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGCHLD) continue;
    signaled_ = true;
    abandoned_ = driver_ && getppid() != *driver_;
    if (keeps_group_) continue;
    // The sandbox itself would end at once, and take the job with it.
    if (report_) ReadReport();
    // When the leader has ended, the group's number may be a stranger's. A child that leads no
    // group yet is about to.
    if (!status_ && !abandoned_ && kill(-group_, number) != 0) kill(pid_, number);
  }
  Reap();
}

// One SIGCHLD may stand for several children.
void StageProcess::Reap() {
  const Children there = ReapChildren([this](pid_t pid, int status) {
    if (pid != pid_) return;
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  });
  childless_ = there == Children::kNone;
  unreaped_ = there == Children::kMore;
}

// What the sandbox said until now: first the process id of its init, whose process group is the
// job's, and last the job's exit code. The init itself takes no signal but SIGKILL.
void StageProcess::ReadReport() {
  std::array<char, 512> buffer{};
  for (ssize_t got = 1; got > 0;) {
    got = read(report_.get(), buffer.data(), buffer.size());
    if (got > 0) report_text_.append(buffer.data(), static_cast<std::size_t>(got));
  }
  constexpr std::string_view kInit = "\"child-pid\": ";
  const auto at = report_text_.find(kInit);
  if (at == std::string::npos) return;
  pid_t init = 0;
  const char* from = report_text_.data() + at + kInit.size();
  std::from_chars(from, report_text_.data() + report_text_.size(), init);
  if (init > 1) group_ = init;
}

// All that was started here is below this process, which adopts the orphans among them.
void StageProcess::EndRest() {
  Reap();
  LetRestEnd(kGrace);  // a script's `exec > >(tee log)` has something to write still
  if (!childless_ && !abandoned_) SignalDescendants(SIGTERM);
  LetRestEnd(kGrace);
  if (childless_) return;
  const auto left = KillDescendants(kKillTime, [this] {
    if (alone_ != nullptr) KillProcessesOf(*alone_);
    Pump(kStep);
    return childless_;
  });
  if (left) Tell(*left);
}

void StageProcess::LetRestEnd(milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  while (!childless_ && !abandoned_) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds(0)) return;
    Pump(left);
  }
}

void StageProcess::Tell(const std::vector<LeftProcess>& left) const {
  const std::string line =
      "jobwarden: warning: processes of this stage go on after it: " + ProcessText(left) + '\n';
  if (!masked_) {
    Say(STDERR_FILENO, line);
    return;
  }
  // They chose their names.
  Masker masker(*masked_);
  for (const auto piece : masker.Feed(line)) Say(STDERR_FILENO, piece);
  for (const auto piece : masker.Finish()) Say(STDERR_FILENO, piece);
}

// What a wrapper writes through (`exec > >(tee …)`) may end a moment after it. When the group was
// told to end, those who do not are left to who told it: it kills them when it still sees us.
void StageProcess::LetOutputEnd() {
  while (signaled_ && Busy()) Pump(std::nullopt);
  const auto deadline = steady_clock::now() + kGrace;
  while (Busy()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds(0)) return;
    Pump(left);
  }
}

}  // namespace

Result<int> RunStageProcess(const StageCommand& command) {
  std::optional<StageLock> lock;
  std::optional<pid_t> driver;
  if (!command.lock.empty()) {
    auto taken = TakeAfterEarlierStage(command.lock, command.mark);
    if (!taken) return std::move(taken).findings();
    lock = *std::move(taken);
    const auto keeper_of = BecomeKeeper();
    if (!keeper_of) return keeper_of.findings();
    driver = *keeper_of;
  }
  StageProcess process;
  if (auto problem = process.Begin(command, driver)) return *std::move(problem);
  auto status = process.Finish();
  if (lock && process.childless()) lock->Finish();
  return status;
}

}  // namespace jobwarden
