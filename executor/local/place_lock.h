#ifndef JOBWARDEN_EXECUTOR_LOCAL_PLACE_LOCK_H_
#define JOBWARDEN_EXECUTOR_LOCAL_PLACE_LOCK_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// The job that holds a place, as it is written down for the driver's other calls.
struct PlaceHolder {
  std::string job_folder;    ///< that GitLab Runner made for this job
  std::uint64_t device = 0;  ///< of that folder, with the inode which one it is
  std::uint64_t inode = 0;
  pid_t runner = 0;  ///< GitLab Runner's process, with its start which one it is
  std::uint64_t started = 0;
  std::string own_folder;  ///< that we made for this job
  std::string shelf;       ///< whose checkouts lie in the place
  std::string home;        ///< where the job sees its home folder
  std::string stuck;       ///< why the place could not be emptied, as it was told; mostly empty

  bool operator==(const PlaceHolder&) const = default;
};

/// The job that this call of the driver belongs to: its folder, and the parent of the leader of
/// this call's process group, which GitLab Runner makes again for each call. DRIVER_FAILED.
Result<PlaceHolder> ThisJob(const std::string& job_folder);

/// The file that says which job holds a place, locked (flock) for this process while this lives.
/// The kernel takes the lock back from a process that dies; a job that died without `cleanup` holds
/// nothing any more once its folder is gone or the runner's process is.
class PlaceLock {
 public:
  /// Nothing when another process has the file locked, unless `wait`s for it. The file is made when
  /// it is not there. STATE_UNWRITABLE.
  static Result<std::optional<PlaceLock>> Open(const std::string& path, bool wait);

  /// What is written down; nothing when the place was given back.
  const std::optional<PlaceHolder>& holder() const { return holder_; }
  /// Whether the holder lives.
  bool Held() const;

  Status Write(const PlaceHolder& holder);
  /// Gives the place back.
  Status Clear();

 private:
  PlaceLock(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Status Put(const std::string& text);

  Fd fd_;
  std::string path_;
  std::optional<PlaceHolder> holder_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_PLACE_LOCK_H_
