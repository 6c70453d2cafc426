#ifndef JOBWARDEN_EXECUTOR_PROCESS_STAGE_START_H_
#define JOBWARDEN_EXECUTOR_PROCESS_STAGE_START_H_

#include <sys/types.h>

#include <array>
#include <vector>

#include "executor/process/stage_process.h"
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
  pid_t parent;
  std::array<int, 3> standard;  ///< become 0, 1 and 2
  int report;                   ///< of the sandbox, and stays open; -1: there is none
};

/// Starts the program in the place of this process, a child of `start.parent`. Returns only when
/// that fails: the errno.
int ExecStage(const StageStart& start);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_STAGE_START_H_
