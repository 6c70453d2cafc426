#ifndef JOBWARDEN_VERIFIER_CLI_VERIFY_TOKEN_H_
#define JOBWARDEN_VERIFIER_CLI_VERIFY_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/admission/admit.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/keys/key_cache.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

// What the commands share that verify a token which a person gives them.

/// The issuer whose rules the token must meet: the one that is named, the one whose url the token
/// has, or the only one, so that all faults of the token can be listed. It lives as long as
/// `config`.
Result<const Issuer*> IssuerForToken(const Config& config, const std::string& name,
                                     std::string_view token);

/// The key cache, which is refreshed by this program itself. Where this user cannot write it, keys
/// are fetched for this call only, and standard error says so.
KeyCache KeysForCall(const Config& config);

/// The time `now`, else the clock's.
Clock ClockAt(std::optional<std::int64_t> now);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_VERIFY_TOKEN_H_
