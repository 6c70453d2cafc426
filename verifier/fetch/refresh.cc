#include "verifier/fetch/refresh.h"

#include <fmt/format.h>

#include <csignal>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/fetch/freshness.h"
#include "verifier/fetch/http_get.h"
#include "verifier/fetch/url.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_lock.h"
#include "verifier/os/clock.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kKeysUnavailable;
constexpr std::size_t kMaxDiscoveryBytes = 65'536;
constexpr int kNotModified = 304;

// The URL of the key set that the issuer's discovery document names.
Result<Url> Discover(const Issuer& issuer, Deadline deadline) {
  std::string root = issuer.url;
  if (root.ends_with('/')) root.pop_back();
  const auto url = ParseUrl(root + "/.well-known/openid-configuration");
  if (!url) return url.findings();
  const auto answer = HttpGet({*url}, issuer.keys, "", deadline);
  if (!answer) return answer.findings();
  const std::string what = Quote(WithoutQuery(url->text));
  const auto document = ParseJson(answer->body, {.max_bytes = kMaxDiscoveryBytes}, kCode, what);
  if (!document) return document.findings();
  const auto text = [&](std::string_view name) -> const std::string* {
    const Value* value = document->Find(name);
    return value == nullptr ? nullptr : value->AsString();
  };
  const std::string* name = text("issuer");
  if (name == nullptr || *name != issuer.url) {
    return Finding{kCode,
                   fmt::format("{}: issuer: expected {}, got {}", what, Quote(issuer.url),
                               name == nullptr ? "nothing" : Quote(*name)),
                   "`url` of this issuer must be what its tokens have as `iss`"};
  }
  const std::string* place = text("jwks_uri");
  if (place == nullptr) return Finding{kCode, what + ": has no jwks_uri"};
  auto found = ParseUrl(*place);
  if (!found) {
    return Finding{kCode, fmt::format("{}: jwks_uri: {}", what, found.findings().front().message)};
  }
  if (url->secure && !found->secure) {
    return Finding{kCode, fmt::format("{}: jwks_uri: expected https, got {}", what, Quote(*place))};
  }
  return found;
}

}  // namespace

Result<StoredKeys> FetchKeySet(const Issuer& issuer, std::chrono::sys_seconds now,
                               const StoredKeys* previous) {
  // A peer that goes away while we write must not end this program.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const Deadline deadline = std::chrono::steady_clock::now() + issuer.keys.timeout;
  const auto url = issuer.keys.url.empty() ? Discover(issuer, deadline) : ParseUrl(issuer.keys.url);
  if (!url) return url.findings();
  const bool same_place = previous != nullptr && previous->source == url->text;
  const auto answer =
      HttpGet({*url}, issuer.keys, same_place ? ReusableEtag(previous->etag) : "", deadline);
  if (!answer) return answer.findings();
  const bool not_modified = answer->status == kNotModified;
  auto keys = not_modified ? Result<StoredKeys>(*previous)
                           : ParseKeys(answer->body, kCode, Quote(WithoutQuery(url->text)));
  if (!keys) return keys;
  keys->source = url->text;
  keys->fetched_at = now;
  keys->fresh_until = now + FreshFor(answer->cache_control, answer->age, issuer.keys.max_age);
  if (!not_modified) keys->etag = ReusableEtag(answer->etag);
  return keys;
}

Status RefreshKeys(const Issuer& issuer, const std::string& state_dir, RefreshWhen when) {
  // Not the lock of KeyCache: the process that waits for this one holds that.
  const auto began = SystemNow();
  const auto lock =
      RefreshLock::Take(KeysPath(state_dir, issuer, ".fetch.lock"), issuer.keys.timeout);
  if (!lock) return lock.findings();
  const auto previous = ReadStoredKeys(state_dir, issuer, {});
  const auto now = SystemNow();
  if (previous && previous->FreshAt(now, issuer) &&
      (when == RefreshWhen::kNotFresh || previous->fetched_at > began)) {
    return Ok();
  }
  const auto keys = FetchKeySet(issuer, now, previous ? &*previous : nullptr);
  if (!keys) return keys.findings();
  return WriteStoredKeys(state_dir, issuer, *keys);
}

}  // namespace jobwarden
