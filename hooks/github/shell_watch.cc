#include "hooks/github/shell_watch.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "hooks/github/stop_job.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

constexpr std::chrono::milliseconds kLookAgain{50};

}  // namespace

ShellWatch::ShellWatch(Result<RunnerProcesses> processes) : processes_(std::move(processes)) {
  if (processes_) thread_ = std::thread([this] { Run(); });
}

void ShellWatch::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void ShellWatch::Run() {
  const auto one_has_ended = [&] {
    return std::any_of(processes_->shells.begin(), processes_->shells.end(),
                       [](const HeldProcess& shell) { return shell.HasEnded(); });
  };
  std::unique_lock lock(mutex_);
  while (!one_has_ended()) {
    if (wake_.wait_for(lock, kLookAgain, [this] { return stopped_; })) return;
  }
  constexpr std::string_view kWhy =
      "jobwarden: the shell of the job-started hook was ended: the job ends here\n";
  Say(STDOUT_FILENO, kWhy);
  WriteToWorkerErrors(*processes_, kWhy);
  static_cast<void>(EndWorker(*processes_));
  _exit(kGoesOn);
}

}  // namespace jobwarden
