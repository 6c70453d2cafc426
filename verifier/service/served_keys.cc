#include "verifier/service/served_keys.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/fetch/refresh.h"
#include "verifier/keys/key_cache.h"
#include "verifier/os/clock.h"

namespace jobwarden {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// How often the set on disk is looked at. Who else refreshes it, and a pinned file that was
// replaced, are seen so soon.
constexpr seconds kLook{5};

// More are not woken by a refresh: they are answered when their time is over.
constexpr std::size_t kMaxWaiters = 8192;

}  // namespace

// One issuer's keys, and the thread that keeps them. The thread owns this too, so that nobody has
// to wait for a fetch that is under way.
struct ServedKeys::Kept {
  Issuer issuer;
  std::string state_dir;

  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<Keys>> keys;  // nothing before the first look
  // Who asked before this and did not find a key learns from `keys` that there is none.
  Time settled{};
  Time looked{};
  Time failed_until{};  // so long a failure is the answer
  std::string wanted;   // a `kid` that somebody waits for
  struct Waiter {
    Time asked_at;
    std::string kid;
    std::function<void()> wake;
  };
  std::vector<Waiter> waiters;
  std::atomic<bool> stopping = false;
  std::uint64_t looks_failed = 0;
  std::uint64_t unknown_kids = 0;

  // Only the thread uses what follows.
  std::optional<StoredKeys> own;  // where the cache cannot be written
  bool fetch_own = false;

  bool Settles(Time asked_at, std::string_view kid) const {
    if (!keys) return false;
    if (!*keys) return asked_at <= looked || steady_clock::now() < failed_until;
    if (!issuer.keys.file.empty()) return true;
    return keys->value().set.Has(kid) || asked_at <= settled;
  }

  // Sleeps, but not past the end. False at the end.
  bool Sleep(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, time, [this] { return stopping.load(); });
    return !stopping;
  }

  Result<StoredKeys> FetchOwn() {
    const auto now = SystemNow();
    if (own && own->FreshAt(now, issuer) && !std::exchange(fetch_own, false)) return *own;
    auto fetched = FetchKeySet(issuer, now, own ? &*own : nullptr);
    if (fetched) own = *fetched;
    return fetched;
  }

  Result<Keys> Look(KeyCache& cache);
  void Keep();
  void Take(Result<Keys> got, const std::string& kid, Time began);
};

// Gets a set that is fresh. Any key of the set before asks for no more than that.
Result<Keys> ServedKeys::Kept::Look(KeyCache& cache) {
  if (!issuer.keys.file.empty()) return cache.Get(issuer, "");
  if (!own) {
    auto stored = ReadStoredKeys(state_dir, issuer, {});
    if (!stored) {
      const auto status = RefreshKeys(issuer, state_dir, RefreshWhen::kNotFresh);
      if (!status && status.findings().front().code != Code::kStateUnwritable) {
        return status.findings();
      }
      stored = ReadStoredKeys(state_dir, issuer, {});
    }
    if (stored) return cache.Get(issuer, stored->set.kids().front());
  }
  auto fetched = FetchOwn();
  if (!fetched) return std::move(fetched).findings();
  return cache.Get(issuer, fetched->set.kids().front());
}

void ServedKeys::Kept::Take(Result<Keys> got, const std::string& kid, Time began) {
  std::vector<Waiter> woken;
  {
    const std::lock_guard lock(mutex);
    const bool good = static_cast<bool>(got);
    // A set without the key was fetched after this look began, so it proves that there is none.
    if (good && !kid.empty() && !got->set.Has(kid)) settled = began;
    if (!good) {
      ++looks_failed;
      failed_until = steady_clock::now() + issuer.keys.cooldown;
    }
    keys = std::move(got);
    looked = began;
    const auto wakes = std::stable_partition(
        waiters.begin(), waiters.end(),
        [&](const Waiter& each) { return !Settles(each.asked_at, each.kid); });
    woken.assign(std::make_move_iterator(wakes), std::make_move_iterator(waiters.end()));
    waiters.erase(wakes, waiters.end());
    wanted = waiters.empty() ? "" : waiters.front().kid;
  }
  changed.notify_all();
  for (const Waiter& each : woken) each.wake();
}

void ServedKeys::Kept::Keep() {
  KeyCache cache(
      state_dir, {},
      [this](const Issuer& each) -> Status {
        if (stopping) return Finding{Code::kKeysUnavailable, "the service ends"};
        return RefreshKeys(each, state_dir);
      },
      SystemNow, [this](seconds time) { Sleep(time); });
  cache.WhereUnwritable([this](const Issuer&, const Finding&) { return FetchOwn(); });
  Time cool{};
  for (;;) {
    std::string kid;
    {
      std::unique_lock lock(mutex);
      const auto due = [this] { return stopping || !keys || !wanted.empty(); };
      const bool failed = keys && !*keys;
      const auto next = failed ? std::max(looked + kLook, failed_until) : looked + kLook;
      changed.wait_until(lock, next, due);
      if (stopping) return;
      kid = wanted;
    }
    // Strangers can invent as many keys as they like. One refresh answers all of them.
    if (!kid.empty()) {
      const auto now = steady_clock::now();
      if (now < cool && !Sleep(cool - now)) return;
      const std::lock_guard lock(mutex);
      ++unknown_kids;
      fetch_own = true;
    }
    const auto began = steady_clock::now();
    auto got = kid.empty() ? Look(cache) : cache.Get(issuer, kid);
    if (!kid.empty()) cool = steady_clock::now() + issuer.keys.cooldown;
    Take(std::move(got), kid, began);
  }
}

ServedKeys::ServedKeys(const std::vector<Issuer>& issuers, const std::string& state_dir) {
  for (const Issuer& issuer : issuers) {
    auto kept = std::make_shared<Kept>();
    kept->issuer = issuer;
    kept->state_dir = state_dir;
    all_.push_back(kept);
    std::thread([kept] { kept->Keep(); }).detach();
  }
}

ServedKeys::~ServedKeys() {
  for (const auto& kept : all_) {
    {
      const std::lock_guard lock(kept->mutex);
      kept->stopping = true;
    }
    kept->changed.notify_all();
  }
}

std::shared_ptr<ServedKeys::Kept> ServedKeys::Find(const std::string& issuer) const {
  for (const auto& kept : all_) {
    if (kept->issuer.name == issuer) return kept;
  }
  return nullptr;
}

void ServedKeys::WaitForFirstLook(std::chrono::milliseconds most) const {
  const auto until = steady_clock::now() + most;
  for (const auto& kept : all_) {
    std::unique_lock lock(kept->mutex);
    kept->changed.wait_until(lock, until, [&] { return kept->keys.has_value(); });
  }
}

std::vector<ServedKeys::Health> ServedKeys::health() const {
  std::vector<Health> all;
  for (const auto& kept : all_) {
    const std::lock_guard lock(kept->mutex);
    Health health;
    health.issuer = kept->issuer.name;
    health.looks_failed = kept->looks_failed;
    health.unknown_kids = kept->unknown_kids;
    if (!kept->keys) {
      health.problem = "no key set was read yet";
    } else if (!*kept->keys) {
      health.problem = kept->keys->findings().front().message;
    } else {
      health.usable = true;
      health.keys = kept->keys->value().set.kids().size();
      for (const Finding& finding : kept->keys->value().warnings) health.problem = finding.message;
    }
    if (kept->keys) {
      health.age = std::chrono::duration<double>(steady_clock::now() - kept->looked).count();
    }
    all.push_back(std::move(health));
  }
  return all;
}

Result<Keys> AskedKeys::Get(const Issuer& issuer, std::string_view kid) {
  const auto kept = served_.Find(issuer.name);
  if (kept == nullptr) return Finding{Code::kKeysUnavailable, "an issuer that is not served"};
  const std::lock_guard lock(kept->mutex);
  if (kept->Settles(asked_at_, kid)) return *kept->keys;
  missing_ = Missing{kept, std::string(kid)};
  return Finding{Code::kKeysUnavailable,
                 "issuer " + Quote(issuer.name) + ": its keys could not be refreshed in time",
                 "ask again in some seconds"};
}

std::function<void(std::function<void()>)> AskedKeys::Wait() const {
  return [missing = *missing_, asked_at = asked_at_](std::function<void()> wake) {
    ServedKeys::Kept& kept = *missing.kept;
    {
      const std::lock_guard lock(kept.mutex);
      if (!kept.Settles(asked_at, missing.kid)) {
        if (kept.wanted.empty()) kept.wanted = missing.kid;
        if (kept.waiters.size() < kMaxWaiters) {
          kept.waiters.push_back({asked_at, missing.kid, std::move(wake)});
        }
        wake = nullptr;
      }
    }
    kept.changed.notify_all();
    if (wake) wake();
  };
}

}  // namespace jobwarden
