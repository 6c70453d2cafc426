#ifndef JOBWARDEN_EXECUTOR_PROCESS_STAGE_START_H_
#define JOBWARDEN_EXECUTOR_PROCESS_STAGE_START_H_

#include <sys/types.h>

#include <array>
#include <string>
#include <vector>

#include "executor/process/stage_process.h"
#include "verifier/base/finding.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// What a child needs between fork and exec to become the job's program. It is made before the
/// fork: between fork and exec nothing may be allocated.
struct StageStart {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;
  JobLimits limits;
  bool keeps_group;
  const Identity* user;  ///< null: as this process
  bool alone;            ///< all other processes of `user` are killed first
  pid_t parent;
  std::array<int, 3> standard;  ///< become 0, 1 and 2
  std::array<int, 2> sandbox;   ///< stay open for bubblewrap; -1: there is none
};

/// Starts the program in the place of this process, a child of `start.parent`. Returns only when
/// the program was not started: the errno.
int ExecStage(const StageStart& start);

/// Why ExecStage could not start the program, and what to do about it. DRIVER_FAILED.
Finding CannotStart(const std::string& program, int error);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_STAGE_START_H_
