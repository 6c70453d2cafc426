#ifndef JOBWARDEN_VERIFIER_KEYS_REFRESH_LOCK_H_
#define JOBWARDEN_VERIFIER_KEYS_REFRESH_LOCK_H_

#include <chrono>
#include <optional>
#include <string>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// One try to get an issuer's keys.
struct RefreshAttempt {
  std::chrono::sys_seconds began;
  std::chrono::sys_seconds ended;
  std::string error;  ///< why it failed; empty when it did not, or when it never ended
  std::string hint;
};

/// Held by the one process that refreshes an issuer's keys (flock: gone with its holder). The
/// locked file tells the next holder how the last attempt went.
class RefreshLock {
 public:
  /// Waits for the lock, for `patience` at most. Creates the file, and its folder, where they are
  /// not there. Refuses a file that others could write, for what it says is believed.
  static Result<RefreshLock> Take(const std::string& path, std::chrono::milliseconds patience);

  /// Nothing when there was none, or when the file is torn.
  std::optional<RefreshAttempt> last() const;
  /// Best effort: an attempt that cannot be noted is made again, no more.
  void Note(const RefreshAttempt& attempt) const;
  /// Lets the next one in. Nothing may follow.
  void Release() { fd_.Close(); }

 private:
  RefreshLock(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Fd fd_;
  std::string path_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_REFRESH_LOCK_H_
