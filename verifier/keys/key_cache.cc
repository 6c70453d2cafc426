#include "verifier/keys/key_cache.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <thread>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/keys/refresh_lock.h"

namespace jobwarden {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

std::string TimeText(sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// What is left when the issuer cannot be asked: the last good set, or an error that says why.
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
  auto keys = Refreshed(issuer, kid, began);
  if (keys && !stored && stored.findings().front().code == Code::kKeyCacheIgnored) {
    Append(keys->warnings, std::move(stored).findings());
  }
  return keys;
}

Result<Keys> KeyCache::Refreshed(const Issuer& issuer, std::string_view kid,
                                 sys_seconds began) const {
  // Whoever finds the cooldown not over again met a holder that was killed: not for ever.
  constexpr int kMaxWaits = 3;
  for (int waits = 0;; ++waits) {
    // A little longer than a holder needs at the most.
    auto lock = RefreshLock::Take(KeysPath(state_dir_, issuer, ".lock"),
                                  RefreshTimeout(issuer) + seconds(2));
    if (!lock) return WithoutLock(issuer, kid, began, lock.findings().front());
    auto stored = Read(issuer);
    const auto now = clock_();

    // Another process may have had an answer while this one waited.
    const bool known = stored && stored->set.Has(kid);
    if (stored && stored->FreshAt(now, issuer) && (known || stored->fetched_at > began)) {
      return Keys{std::move(stored->set), {}};
    }
    const auto last = lock->last();
    const auto cool = last ? last->began + issuer.keys.cooldown : now;
    const bool cooling = last && last->began <= now && now < cool;
    if (last && !last->error.empty() && last->ended <= now) {
      const bool shared = last->ended >= began;
      const bool spared = cooling && known && now < stored->UsableUntil(issuer);
      if (shared || spared) {
        const Finding cause{Code::kKeysUnavailable, last->error, last->hint};
        return LastGood(issuer, kid, std::move(stored), cause, now);
      }
    }
    if (stored && !known && cooling && waits < kMaxWaits) {
      lock->Release();
      sleep_(cool - now);
      continue;
    }

    RefreshAttempt attempt{now, now, "", ""};
    lock->Note(attempt);
    const auto status = refresh_(issuer);
    attempt.ended = clock_();
    if (!status) {
      attempt.error = status.findings().front().message;
      attempt.hint = status.findings().front().hint;
    }
    lock->Note(attempt);
    stored = Read(issuer);
    if (!status) {
      return LastGood(issuer, kid, std::move(stored), status.findings().front(), attempt.ended);
    }
    if (stored && stored->fetched_at >= attempt.began) return Keys{std::move(stored->set), {}};
    const Finding cause{Code::kKeysUnavailable, "the refresh left no newer set",
                        stored ? "" : stored.findings().front().hint};
    return LastGood(issuer, kid, std::move(stored), cause, attempt.ended);
  }
}

Result<Keys> KeyCache::WithoutLock(const Issuer& issuer, std::string_view kid, sys_seconds began,
                                   const Finding& why) const {
  if (why.code != Code::kStateUnwritable) return LastGood(issuer, kid, Read(issuer), why, clock_());
  if (fetch_) {
    auto keys = fetch_(issuer, why);
    if (keys) return Keys{std::move(keys->set), {}};
    return LastGood(issuer, kid, Read(issuer), keys.findings().front(), clock_());
  }
  for (;;) {
    auto stored = Read(issuer);
    const auto now = clock_();
    const bool known = stored && stored->set.Has(kid);
    if (stored && stored->FreshAt(now, issuer) && (known || stored->fetched_at > began)) {
      return Keys{std::move(stored->set), {}};
    }
    if (!stored || known || now < began || now >= began + kKeeperPatience) {
      return LastGood(issuer, kid, std::move(stored), why, now);
    }
    sleep_(seconds(1));
  }
}

}  // namespace jobwarden
