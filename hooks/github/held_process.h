#ifndef JOBWARDEN_HOOKS_GITHUB_HELD_PROCESS_H_
#define JOBWARDEN_HOOKS_GITHUB_HELD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <utility>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// A process that a signal reaches only while it is the same one: another process that got its
/// number is taken for ended. It is held by a descriptor (pidfd_open(2)). Where the kernel or a
/// filter refuses that, the time at which it started is compared before each signal.
class HeldProcess {
 public:
  /// DRIVER_FAILED if there is no such process.
  static Result<HeldProcess> Hold(pid_t pid);

  pid_t pid() const { return pid_; }
  std::uint64_t started() const { return started_; }  ///< see ProcessStat
  /// Also true for a process that has ended and was not reaped by its parent.
  bool HasEnded() const;
  /// DRIVER_FAILED if the signal could not be sent.
  Status Signal(int signal) const;

 private:
  HeldProcess(pid_t pid, Fd fd, std::uint64_t started)
      : pid_(pid), fd_(std::move(fd)), started_(started) {}

  pid_t pid_;
  Fd fd_;
  std::uint64_t started_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_HELD_PROCESS_H_
