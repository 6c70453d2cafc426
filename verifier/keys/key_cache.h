#ifndef JOBWARDEN_VERIFIER_KEYS_KEY_CACHE_H_
#define JOBWARDEN_VERIFIER_KEYS_KEY_CACHE_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/keys/key_source.h"
#include "verifier/keys/refresh_lock.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/os/clock.h"

namespace jobwarden {

/// Fetches an issuer's keys and stores them in the same `state_dir`. A failure says in words why.
using Refresh = std::function<Status(const Issuer&)>;

/// Fetches an issuer's keys for this process alone. `why` says why they cannot be stored.
using FetchForOneself = std::function<Result<StoredKeys>(const Issuer&, const Finding& why)>;

/// What a Refresh may take at most: the issuer's time-out to wait for another fetch, the same again
/// to fetch, and a few seconds to start a program.
std::chrono::seconds RefreshTimeout(const Issuer& issuer);

/// How long after a check began a set must have been fetched to prove that a key does not exist.
inline constexpr std::chrono::seconds kSecondLook{3};

/// How long a new key is waited for where another user keeps the keys: longer than the minute
/// between two runs of the timer in install/, its fetch and kSecondLook.
inline constexpr std::chrono::seconds kKeeperPatience{90};

/// The key sets of `state_dir/keys`, shared by all processes of this machine; or a pinned file.
///
/// Many jobs may start at once, each in a process of its own, and an issuer must not be asked by
/// each of them. So a set on disk that is fresh and has the key which the token names (its `kid`)
/// is used as it is, without a lock. In every other case one process takes the issuer's lock and
/// refreshes the set. The others wait for the lock and use what the first one got, a failure too.
///
/// A set that lacks the key means one of two things: the issuer has rotated its keys since, or the
/// token is a stranger's. Only a newer set can tell, so the lack causes a refresh. Strangers can
/// invent as many keys as they like, so there is one such refresh in each `cooldown`; a check that
/// comes earlier waits until the cooldown is over. A flood of strange tokens costs an honest job
/// time, but never the right answer.
///
/// Just after a rotation a server at the edge of the issuer's network may still hand out the old
/// set. So a set proves that a key does not exist only when it was fetched kSecondLook after the
/// check began. A refresh that got an earlier one asks the issuer once more, kSecondLook later.
///
/// When the issuer cannot be reached, the last good set is used until max_age and stale_for are
/// over, with the warning KEYS_STALE, and the issuer is left alone for one `cooldown`. A set on
/// disk that cannot be trusted is fetched again, with the warning KEY_CACHE_IGNORED.
///
/// Where this user may not write the cache, another user keeps it, for example root by a timer. A
/// check then reads the set once a second until it has the key or proves that there is none, for
/// kKeeperPatience at most.
///
/// What a KeyCache never does: it never reads an answer of the issuer (a Refresh does, in a program
/// of its own where jobs run); it never trusts a file that a job's user could have written; it
/// never turns a failure into a denial, for KEYS_UNAVAILABLE is an error; and it never holds the
/// lock while it waits for a cooldown.
///
/// Safe to be used by many threads.
class KeyCache final : public KeySource {
 public:
  /// `job_users` are those who run jobs' scripts: what they could write is refused. With none this
  /// is not checked: where no jobs run, or `shared_user` is set. `clock` and `sleep` are for tests.
  KeyCache(std::string state_dir, std::vector<uid_t> job_users, Refresh refresh,
           std::function<std::chrono::sys_seconds()> clock = SystemNow,
           std::function<void(std::chrono::seconds)> sleep = SleepFor);

  /// Says what to do instead of waiting where this user may not write the cache. It is for callers
  /// that serve one person: without the lock there is neither a cooldown nor one fetch for all.
  void WhereUnwritable(FetchForOneself fetch) { fetch_ = std::move(fetch); }

  Result<Keys> Get(const Issuer& issuer, std::string_view kid) override;

 private:
  /// The key that a check needs, and when the check began.
  struct Need {
    std::string_view kid;
    std::chrono::sys_seconds began;
  };

  Result<Keys> TakeTurns(const Issuer& issuer, const Need& need) const;
  Result<Keys> FetchForAll(const Issuer& issuer, const Need& need, const RefreshLock& lock) const;
  Result<Keys> WaitForKeeper(const Issuer& issuer, const Need& need, const Finding& why) const;
  /// Whether the set has the key, or proves that there is none.
  static bool Settles(const StoredKeys& stored, const Need& need) {
    return stored.set.Has(need.kid) || stored.fetched_at >= need.began + kSecondLook;
  }
  Result<StoredKeys> Read(const Issuer& issuer) const {
    return ReadStoredKeys(state_dir_, issuer, job_users_);
  }

  std::string state_dir_;
  std::vector<uid_t> job_users_;
  Refresh refresh_;
  std::function<std::chrono::sys_seconds()> clock_;
  std::function<void(std::chrono::seconds)> sleep_;
  FetchForOneself fetch_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_KEY_CACHE_H_
