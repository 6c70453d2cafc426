#include "verifier/keys/key_cache.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

std::string TimeText(sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// What is left when the issuer cannot be asked: the last good set with a warning, or an error.
// `cause` says why it cannot be asked.
Result<Keys> LastGood(const Issuer& issuer, std::string_view kid, Result<StoredKeys> stored,
                      const Finding& cause, sys_seconds now) {
  const std::string who = fmt::format("issuer {}", Quote(issuer.name));
  const auto unavailable = [&](const std::string& message) {
    return Finding{Code::kKeysUnavailable, message, cause.hint};
  };
  if (!stored) {
    return unavailable(fmt::format("{}: no key set: {} ({})", who, cause.message,
                                   stored.findings().front().message));
  }
  const std::string fetched = TimeText(stored->fetched_at);
  const auto usable_until = stored->UsableUntil(issuer);
  if (now >= usable_until) {
    return unavailable(
        fmt::format("{}: the key set of {} could be used until {}, and no newer one "
                    "can be had: {}",
                    who, fetched, TimeText(usable_until), cause.message));
  }
  if (!stored->set.Has(kid)) {
    return unavailable(
        fmt::format("{}: no key {} in the key set of {}, and no newer one can be "
                    "had: {}",
                    who, Quote(kid), fetched, cause.message));
  }
  return Keys{std::move(stored->set),
              {Finding{Code::kKeysStale,
                       fmt::format("{}: the key set of {} is used until {}, for no newer one can "
                                   "be had: {}",
                                   who, fetched, TimeText(usable_until), cause.message),
                       cause.hint}}};
}

}  // namespace

seconds RefreshTimeout(const Issuer& issuer) {
  return 2 * issuer.keys.timeout + seconds(3);
}

KeyCache::KeyCache(std::string state_dir, std::vector<uid_t> job_users, Refresh refresh,
                   std::function<sys_seconds()> clock, std::function<void(seconds)> sleep)
    : state_dir_(std::move(state_dir)),
      job_users_(std::move(job_users)),
      refresh_(std::move(refresh)),
      clock_(std::move(clock)),
      sleep_(std::move(sleep)) {}

Result<Keys> KeyCache::Get(const Issuer& issuer, std::string_view kid) {
  if (!issuer.keys.file.empty()) {
    auto set = ReadPinnedKeys(issuer, job_users_);
    if (!set) return std::move(set).findings();
    return Keys{*std::move(set), {}};
  }
  const auto began = clock_();
  auto stored = Read(issuer);
  if (stored && stored->FreshAt(began, issuer) && stored->set.Has(kid)) {
    return Keys{std::move(stored->set), {}};
  }
  auto keys = TakeTurns(issuer, {kid, began});
  if (keys && !stored && stored.findings().front().code == Code::kKeyCacheIgnored) {
    Append(keys->warnings, std::move(stored).findings());
  }
  return keys;
}

Result<Keys> KeyCache::TakeTurns(const Issuer& issuer, const Need& need) const {
  // A holder refreshes twice at most, and sleeps between.
  const auto patience = 2 * RefreshTimeout(issuer) + kSecondLook + seconds(2);
  // If the cooldown is still not over after so many waits, other processes begin attempts and are
  // killed before these end. Stop waiting.
  constexpr int kMaxWaits = 3;
  for (int waits = 0;; ++waits) {
    auto lock = RefreshLock::Take(KeysPath(state_dir_, issuer, ".lock"), patience);
    if (!lock) return WaitForKeeper(issuer, need, lock.findings().front());
    auto stored = Read(issuer);
    const auto now = clock_();

    // Another process may have had an answer while this one waited for the lock.
    if (stored && stored->FreshAt(now, issuer) && Settles(*stored, need)) {
      return Keys{std::move(stored->set), {}};
    }
    const bool known = stored && stored->set.Has(need.kid);
    const auto last = lock->LastAttempt();
    const auto cool = last ? last->began + issuer.keys.cooldown : now;
    const bool cooling = last && last->began <= now && now < cool;
    if (last && !last->error.empty() && last->ended <= now) {
      const bool failed_meanwhile = last->ended >= need.began;
      const bool failed_just_now = cooling && known && now < stored->UsableUntil(issuer);
      if (failed_meanwhile || failed_just_now) {
        const Finding cause{Code::kKeysUnavailable, last->error, last->hint};
        return LastGood(issuer, need.kid, std::move(stored), cause, now);
      }
    }
    if (stored && !known && cooling && waits < kMaxWaits) {
      lock->Release();
      sleep_(cool - now);
      continue;
    }
    return FetchForAll(issuer, need, *lock);
  }
}

Result<Keys> KeyCache::FetchForAll(const Issuer& issuer, const Need& need,
                                   const RefreshLock& lock) const {
  const auto began = clock_();
  RefreshAttempt attempt{began, began, "", ""};
  lock.Note(attempt);
  auto refreshed = refresh_(issuer);
  auto stored = Read(issuer);
  if (refreshed && stored && !Settles(*stored, need)) {
    sleep_(kSecondLook);
    refreshed = refresh_(issuer);
    stored = Read(issuer);
  }
  attempt.ended = clock_();
  if (!refreshed) {
    attempt.error = refreshed.findings().front().message;
    attempt.hint = refreshed.findings().front().hint;
  }
  lock.Note(attempt);
  if (!refreshed) {
    const Finding& cause = refreshed.findings().front();
    return LastGood(issuer, need.kid, std::move(stored), cause, attempt.ended);
  }
  if (stored && stored->fetched_at >= attempt.began) return Keys{std::move(stored->set), {}};
  const Finding cause{Code::kKeysUnavailable, "the refresh left no newer set",
                      stored ? "" : stored.findings().front().hint};
  return LastGood(issuer, need.kid, std::move(stored), cause, attempt.ended);
}

Result<Keys> KeyCache::WaitForKeeper(const Issuer& issuer, const Need& need,
                                     const Finding& why) const {
  const auto last_good = [&](const Finding& cause) {
    return LastGood(issuer, need.kid, Read(issuer), cause, clock_());
  };
  if (why.code != Code::kStateUnwritable) return last_good(why);
  if (fetch_) {
    auto keys = fetch_(issuer, why);
    if (keys && !keys->set.Has(need.kid)) {
      sleep_(kSecondLook);
      keys = fetch_(issuer, why);
    }
    if (!keys) return last_good(keys.findings().front());
    return Keys{std::move(keys->set), {}};
  }
  for (;;) {
    auto stored = Read(issuer);
    const auto now = clock_();
    if (stored && stored->FreshAt(now, issuer) && Settles(*stored, need)) {
      return Keys{std::move(stored->set), {}};
    }
    const bool patient = need.began <= now && now < need.began + kKeeperPatience;
    if (!stored || stored->set.Has(need.kid) || !patient) {
      return LastGood(issuer, need.kid, std::move(stored), why, now);
    }
    sleep_(seconds(1));
  }
}

}  // namespace jobwarden
