#ifndef JOBWARDEN_VERIFIER_KEYS_REFRESH_LOCK_H_
#define JOBWARDEN_VERIFIER_KEYS_REFRESH_LOCK_H_

#include <chrono>
#include <optional>
#include <string>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// One attempt to fetch an issuer's keys.
struct RefreshAttempt {
  std::chrono::sys_seconds began;
  std::chrono::sys_seconds ended;
  std::string error;  ///< why it failed; empty when it did not fail, or never ended
  std::string hint;
};

/// The lock of the one process that refreshes an issuer's keys. It ends with the process (flock).
/// The locked file tells the next holder how the last attempt went.
class RefreshLock {
 public:
  /// Waits for the lock, for `patience` at most. Creates the file and its folder where they are
  /// absent. Refuses a file that others could write, because what the file says is believed.
  static Result<RefreshLock> Take(const std::string& path, std::chrono::milliseconds patience);

  /// Nothing when there was none, or when its note is torn.
  std::optional<RefreshAttempt> LastAttempt() const;
  /// Best effort: where an attempt cannot be noted, the next holder makes one more.
  void Note(const RefreshAttempt& attempt) const;
  /// Lets the next process in. The lock must not be used after this.
  void Release() { fd_.Close(); }

 private:
  RefreshLock(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Fd fd_;
  std::string path_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_REFRESH_LOCK_H_
