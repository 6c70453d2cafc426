#include "verifier/cli/verify_token.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/cli/choose_issuer.h"
#include "verifier/fetch/refresh.h"
#include "verifier/os/clock.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {

Result<const Issuer*> IssuerForToken(const Config& config, const std::string& name,
                                     std::string_view token) {
  if (!name.empty()) return IssuerNamed(config, name);
  const auto iss = PeekIssuer(token);
  const auto issuer = std::find_if(config.issuers.begin(), config.issuers.end(),
                                   [&](const Issuer& each) { return iss && each.url == *iss; });
  if (issuer != config.issuers.end()) return &*issuer;
  if (config.issuers.size() == 1) return &config.issuers.front();
  return Finding{Code::kIssuerMismatch,
                 "issuer: expected one of those configured, got " + (iss ? Quote(*iss) : "none"),
                 "name one with --issuer to see all faults of the token"};
}

KeyCache KeysForCall(const Config& config) {
  KeyCache keys(
      config.state_dir, std::vector<uid_t>(),
      [&config](const Issuer& each) { return RefreshKeys(each, config.state_dir); }, SystemNow);
  keys.WhereUnwritable([noted = false](const Issuer& each, const Finding& why) mutable {
    if (!std::exchange(noted, true)) {
      fmt::print(stderr,
                 "jobwarden: note: the keys of issuer {} are fetched for this call only: {}\n",
                 Quote(each.name), why.message);
    }
    return FetchKeySet(each, SystemNow(), nullptr);
  });
  return keys;
}

Clock ClockAt(std::optional<std::int64_t> now) {
  return [now] { return now ? std::chrono::sys_seconds(std::chrono::seconds(*now)) : SystemNow(); };
}

}  // namespace jobwarden
