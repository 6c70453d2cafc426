#ifndef JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_
#define JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// All processes of this machine, as far as /proc shows them, without this one. Bounded: others may
/// start new ones faster than they are read.
std::vector<pid_t> AllProcesses();

/// The children of a process, also those that have ended and were not waited for. Bounded likewise.
std::vector<pid_t> ChildrenOf(pid_t pid);

/// A file of /proc/PID, by its path below that; empty when the process is gone, or may not be
/// looked into.
std::string ReadOfProcess(pid_t pid, std::string_view file);

/// What /proc/PID/stat says of a process.
struct ProcessStat {
  std::string name;  ///< 15 bytes at most, which the process may have chosen itself
  char state;        ///< `R`, `S`, `T` …, or kBlocked
  pid_t parent;
  pid_t group;
  std::uint64_t
      started;  ///< in clock ticks since the machine was; with the pid, which process it is
};

/// The state of a process that waits for a device or a server: no signal reaches it before that
/// answers, and SIGKILL is no exception (a hung NFS mount, a FUSE file system whose server died).
inline constexpr char kBlocked = 'D';

/// Nothing for a process that has ended, also where nobody reaped it yet. A process whose first
/// thread has ended goes on as long as it has others: `state` is one of theirs then.
std::optional<ProcessStat> StatOf(pid_t pid);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_
