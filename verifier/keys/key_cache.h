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
#include "verifier/keys/stored_keys.h"
#include "verifier/os/clock.h"

namespace jobwarden {

/// Fetches an issuer's keys and stores them in the same `state_dir`. A failure says in words why.
using Refresh = std::function<Status(const Issuer&)>;

/// Fetches an issuer's keys for this process alone. `why` says why they cannot be stored.
using FetchForOneself = std::function<Result<StoredKeys>(const Issuer&, const Finding& why)>;

/// What a Refresh may take at the most: the issuer's time-out to wait for another fetch, the same
/// again to fetch, and something to start a program.
std::chrono::seconds RefreshTimeout(const Issuer& issuer);

/// How long a new key is waited for where another user keeps the keys: longer than the minute
/// between two runs of the timer in install/.
inline constexpr std::chrono::seconds kKeeperPatience{90};

/// The key sets of `state_dir/keys`, shared by all processes of this machine, or a pinned file.
///
/// A set that is fresh and has the key is used without a lock. Else one process refreshes it, and
/// the others wait for that and use its result, its failure too. A `kid` that the set lacks causes
/// one refresh in each `cooldown`: a check that comes earlier waits for its end, so strange `kid`s
/// do not flood the issuer and a key that is new is found by all. When the issuer cannot be had,
/// the last good set is used until max_age and stale_for have passed, with the warning KEYS_STALE;
/// for as long as `cooldown` after such a failure nobody tries again. A stored set that is there
/// and not trusted is fetched anew, with the warning KEY_CACHE_IGNORED.
///
/// Where this user may not write the cache, another keeps it: a set that lacks `kid` is then read
/// again until there is a newer one, for kKeeperPatience at most.
///
/// A set that lacks `kid` is given back only when it was fetched after the check began.
/// Safe to be used by many threads.
class KeyCache final : public KeySource {
 public:
  /// `job_users` is who runs jobs' scripts: what that user could write is refused. Nothing: not
  /// checked, for where no jobs run or `shared_user` is set. `clock` and `sleep` are for tests.
  KeyCache(std::string state_dir, std::vector<uid_t> job_users, Refresh refresh,
           std::function<std::chrono::sys_seconds()> clock = SystemNow,
           std::function<void(std::chrono::seconds)> sleep = SleepFor);

  /// What to do instead of waiting where this user may not write the cache, for callers that serve
  /// nobody else: neither the cooldown nor the one fetch for all can be had without a lock.
  void WhereUnwritable(FetchForOneself fetch) { fetch_ = std::move(fetch); }

  Result<Keys> Get(const Issuer& issuer, std::string_view kid) override;

 private:
  Result<Keys> Refreshed(const Issuer& issuer, std::string_view kid,
                         std::chrono::sys_seconds began) const;
  Result<Keys> WithoutLock(const Issuer& issuer, std::string_view kid,
                           std::chrono::sys_seconds began, const Finding& why) const;
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
