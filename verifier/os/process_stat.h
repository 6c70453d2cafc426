#ifndef JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_
#define JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// All processes that /proc shows, except this one. Bounded, because others may start processes
/// faster than this function reads them.
std::vector<pid_t> AllProcesses();

/// The children of a process, also those that have ended and were not waited for. Bounded likewise.
std::vector<pid_t> ChildrenOf(pid_t pid);

/// The content of a file of /proc/PID, by its path below that folder. Empty when the process is
/// gone, or this one may not read it.
std::string ReadOfProcess(pid_t pid, std::string_view file);

/// A process as /proc/PID/stat describes it.
struct ProcessStat {
  std::string name;  ///< 15 bytes at most, which the process may have chosen itself
  char state;        ///< `R`, `S`, `T` …, or kBlocked
  pid_t parent;
  pid_t group;
  std::uint64_t
      started;  ///< in clock ticks since the machine started; identifies a process with its pid
};

/// The state of a process that waits for a device or a server. No signal, not even SIGKILL, reaches
/// it before that answers (a hung NFS mount, a FUSE file system whose server died).
inline constexpr char kBlocked = 'D';

/// Nothing for a process that has ended, also if its parent has not reaped it yet. A process whose
/// first thread has ended goes on while it has other threads; `state` is then that of one of them.
std::optional<ProcessStat> StatOf(pid_t pid);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_PROCESS_STAT_H_
