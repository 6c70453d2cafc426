#ifndef JOBWARDEN_EXECUTOR_PROCESS_STAGE_LOCK_H_
#define JOBWARDEN_EXECUTOR_PROCESS_STAGE_LOCK_H_

#include <chrono>
#include <string>
#include <utility>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// Keeps the stages of one job apart: a file that is locked (flock) from before a stage's program
/// starts until its processes have ended. The kernel takes the lock back when the last process that
/// inherited it has ended, however it ended.
class StageLock {
 public:
  /// Waits for the stage that has the lock. The file is made when it is not there. DRIVER_FAILED
  /// when the stage does not end in time, STATE_UNWRITABLE.
  static Result<StageLock> Take(const std::string& path, std::chrono::milliseconds patience =
                                                             std::chrono::milliseconds(10'000));

  /// Whether the stage before was given up by all who were to end its processes: they were killed,
  /// or did not succeed.
  bool unfinished() const { return unfinished_; }

  /// Says in the file that processes of this stage may run. STATE_UNWRITABLE.
  Status Begin() const;
  /// Says that they have ended.
  void Finish() const;

 private:
  StageLock(Fd fd, std::string path, bool unfinished)
      : fd_(std::move(fd)), path_(std::move(path)), unfinished_(unfinished) {}

  Fd fd_;
  std::string path_;
  bool unfinished_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_STAGE_LOCK_H_
