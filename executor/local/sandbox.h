#ifndef JOBWARDEN_EXECUTOR_LOCAL_SANDBOX_H_
#define JOBWARDEN_EXECUTOR_LOCAL_SANDBOX_H_

#include <string>
#include <vector>

#include "executor/local/job_place.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// The beginning of the command line of a program that is to run inside bubblewrap.
///
/// Processes, IPC and mounts are the job's own; the network is not. Writable are builds and cache
/// of the place, its temporary folder as /tmp, and its home at `home_at`. /var/tmp, /dev, /proc
/// and /run are new. All else that the user may read is there read-only, but for what is out of
/// sight: /home, /root, the sockets of services in /run, what other jobs left, GitLab Runner's
/// configuration and folders, and what decides about jobs: configuration, pinned keys, state,
/// audit, wherever these lie. No set-user-id program has an effect.
///
/// CONFIG_INVALID when something cannot be hidden (see AppendHidden), or there is no bubblewrap on
/// this machine; it is not looked for in PATH.
Result<std::vector<std::string>> SandboxCommand(const Config& config, const JobPlace& place,
                                                const std::string& job_folder,
                                                const Environment& environment);

/// Runs `true` in the sandbox. CONFIG_INVALID, with what bubblewrap said, when that fails: where
/// the kernel gives users no namespaces, for example.
Status TrySandbox(std::vector<std::string> sandbox, const JobPlace& place);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_SANDBOX_H_
