#include "hooks/github/stop_job.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "hooks/github/workflow_log.h"
#include "verifier/base/finding.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A listener that was started by `./run.sh &` may ignore SIGINT.
constexpr seconds kListenerPatience{5};
// The worker gives a step 10 s to end, and 5 s more to whoever still holds its output.
constexpr seconds kWorkerPatience{15};
constexpr milliseconds kLookAgain{20};

constexpr std::string_view kTitle = "jobwarden: the job goes on";

// Which steps of the job can still run, for the warning.
std::string WhatIsLeft(bool guarded) {
  return guarded ? "its run: steps are refused by the step guard; JavaScript and Docker actions "
                   "under if: always() are not, nor are their pre: and post: parts"
                 : "there is no step guard either: its steps under if: always() will run";
}

void Warn(const std::string& message) {
  Say(STDOUT_FILENO, AnnotationLine(Annotation::kWarning, kTitle, message));
}

bool HasEnded(const HeldProcess& process) {
  return process.HasEnded();
}

bool Within(seconds patience, const std::function<bool()>& is_over) {
  for (milliseconds waited{0}; waited < patience; waited += kLookAgain) {
    if (is_over()) return true;
    std::this_thread::sleep_for(kLookAgain);
  }
  return false;
}

// Waits until the worker has ended, or a shell between the worker and this process has: then the
// worker has ended this step. False if neither happens in time.
bool EndsWithin(seconds patience, const RunnerProcesses& processes) {
  return Within(patience, [&] {
    return HasEnded(processes.worker) ||
           std::any_of(processes.shells.begin(), processes.shells.end(), HasEnded);
  });
}

// Each way is tried after the other has not worked.
Status Stop(bool runner, const RunnerProcesses& processes) {
  const auto tell_listener = [&](int signal) {
    return runner && processes.listener && processes.listener->Signal(signal);
  };
  if (tell_listener(SIGINT) && EndsWithin(kListenerPatience, processes)) return Ok();
  static_cast<void>(tell_listener(SIGTERM));
  if (processes.worker.Signal(SIGTERM) && EndsWithin(kWorkerPatience, processes)) return Ok();
  static_cast<void>(tell_listener(SIGKILL));
  auto killed = processes.worker.Signal(SIGKILL);
  return processes.worker.HasEnded() ? Ok() : std::move(killed);
}

}  // namespace

bool StopJob(OnDeny on_deny, bool guarded, std::string_view why,
             const Result<RunnerProcesses>& processes) {
  if (on_deny == OnDeny::kFailStep && guarded) {
    Warn("github.on_deny = \"fail-step\": " + WhatIsLeft(guarded));
    return true;
  }
  const auto goes_on = [&](const Findings& findings) {
    Warn(fmt::format("it could not be stopped: {}; {}", findings.front().message,
                     WhatIsLeft(guarded)));
    return false;
  };
  if (!processes) return goes_on(processes.findings());
  const bool runner = on_deny == OnDeny::kStopRunner;
  Say(STDOUT_FILENO,
      runner ? "jobwarden: the runner is shut down\n" : "jobwarden: the job ends here\n");
  WriteToWorkerErrors(*processes, why);
  const auto stopped = Stop(runner, *processes);
  return stopped ? true : goes_on(stopped.findings());
}

Status EndWorker(const RunnerProcesses& processes) {
  const auto has_ended = [&] { return HasEnded(processes.worker); };
  if (processes.worker.Signal(SIGTERM) && Within(kWorkerPatience, has_ended)) return Ok();
  auto killed = processes.worker.Signal(SIGKILL);
  return has_ended() ? Ok() : std::move(killed);
}

}  // namespace jobwarden
