#ifndef JOBWARDEN_HOOKS_GITHUB_LEFT_PROCESSES_H_
#define JOBWARDEN_HOOKS_GITHUB_LEFT_PROCESSES_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// When the process started; nothing if it has ended.
std::optional<std::chrono::system_clock::time_point> StartOf(pid_t pid);

/// Whether another worker with this home folder runs a job, whose files nobody can tell from this
/// one's.
bool OtherWorkerUses(const std::string& home, pid_t worker);

struct LeftProcess {
  pid_t pid;
  std::string name;
};

/// The processes that this job left running and the runner does not end: they have the job's
/// RUNNER_TEMP in their environment, and not its RUNNER_TRACKING_ID, which the runner looks for. A
/// process that has hidden or emptied its environment is not found. `environment` is a hook's of
/// the same job; without the two variables nothing is found.
std::vector<LeftProcess> FindLeftProcesses(const Environment& environment);

/// Ends the process, if it is still one of those. DRIVER_FAILED.
Status EndLeftProcess(const LeftProcess& process, const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_LEFT_PROCESSES_H_
