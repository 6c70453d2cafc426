#include "verifier/cli/keys_for_call.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/fetch/refresh.h"
#include "verifier/os/clock.h"

namespace jobwarden {

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
