#include "hooks/github/stop_job.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "hooks/github/runner_process.h"
#include "hooks/github/workflow_log.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

// The runner sends log lines and annotations every half to one second.
constexpr std::chrono::seconds kTimeToBeSent{3};
// A runner that shuts down cancels this hook at once. A runner that hangs is not waited for longer.
constexpr std::chrono::seconds kShutdownPatience{20};

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

}  // namespace

void StopJob(OnDeny on_deny, bool guarded, std::string_view why) {
  if (on_deny == OnDeny::kFailStep && guarded) {
    return Warn("github.on_deny = \"fail-step\": " + WhatIsLeft(guarded));
  }
  const auto processes = FindRunnerProcesses();
  if (!processes) {
    return Warn(fmt::format("it could not be stopped: {}; {}", processes.findings().front().message,
                            WhatIsLeft(guarded)));
  }
  Say(STDOUT_FILENO, on_deny == OnDeny::kStopRunner ? "jobwarden: the runner is shut down\n"
                                                    : "jobwarden: the job ends here\n");
  std::this_thread::sleep_for(kTimeToBeSent);
  if (on_deny == OnDeny::kStopRunner && ShutDownRunner(*processes)) {
    std::this_thread::sleep_for(kShutdownPatience);
  }
  WriteToWorkerErrors(*processes, why);
  if (auto ended = EndWorker(*processes); !ended) {
    return Warn(fmt::format("it could not be stopped: {}; {}", ended.findings().front().message,
                            WhatIsLeft(guarded)));
  }
  // Nobody reads what is printed after this, and nothing else starts.
}

}  // namespace jobwarden
