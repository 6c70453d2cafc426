#ifndef JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_
#define JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// All processes of this machine, as far as /proc shows them, without this one.
std::vector<pid_t> AllProcesses();

/// A file of /proc/PID; empty when the process is gone, or may not be looked into.
std::string ReadOfProcess(pid_t pid, std::string_view file);

/// What /proc/PID/stat says of a process.
struct ProcessStat {
  pid_t parent;
  std::uint64_t
      started;  ///< in clock ticks since the machine was; with the pid, which process it is
};

/// Nothing for a process that has ended; one that nobody reaped yet has too.
std::optional<ProcessStat> StatOf(pid_t pid);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_
