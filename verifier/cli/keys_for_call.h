#ifndef JOBWARDEN_VERIFIER_CLI_KEYS_FOR_CALL_H_
#define JOBWARDEN_VERIFIER_CLI_KEYS_FOR_CALL_H_

#include <cstdint>
#include <optional>

#include "verifier/admission/admit.h"
#include "verifier/config/config.h"
#include "verifier/keys/key_cache.h"

namespace jobwarden {

/// The key cache, which is refreshed by this program itself. Where this user cannot write it, keys
/// are fetched for this call only, and standard error says so.
KeyCache KeysForCall(const Config& config);

/// The time `now`, else the clock's.
Clock ClockAt(std::optional<std::int64_t> now);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_KEYS_FOR_CALL_H_
