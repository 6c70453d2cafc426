#ifndef JOBWARDEN_EXECUTOR_LOCAL_RUNNER_CONFIG_H_
#define JOBWARDEN_EXECUTOR_LOCAL_RUNNER_CONFIG_H_

#include <string>
#include <vector>

#include "verifier/os/environment.h"

namespace jobwarden {

/// Where GitLab Runner's configuration may lie besides /etc/gitlab-runner: the file that the
/// runner's process was told of (CONFIG_FILE, `--config`), and the one in its home folder. The
/// environment is that of the driver, which the runner gave it.
std::vector<std::string> RunnerConfigFiles(const std::string& job_folder,
                                           const Environment& environment);

/// The values of `-c` and `--config` among the words of a command line, which end with NUL each.
std::vector<std::string> ConfigOptions(const std::string& command_line);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_RUNNER_CONFIG_H_
