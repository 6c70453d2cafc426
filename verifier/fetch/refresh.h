#ifndef JOBWARDEN_VERIFIER_FETCH_REFRESH_H_
#define JOBWARDEN_VERIFIER_FETCH_REFRESH_H_

#include <chrono>
#include <string>

#include "verifier/base/result.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// Fetches an issuer's key set, all within the issuer's time-out: from `issuer.keys.url`, or from
/// the `jwks_uri` of its discovery document (OpenID Connect Discovery 1.0 §4), whose `issuer` must
/// equal `issuer.url` byte for byte. `previous` is kept when it came from the same URL and the
/// issuer answers that the set there has not changed.
///
/// KEYS_UNAVAILABLE when no good set can be had; a set in which no key can be used is not good.
/// SIGPIPE is ignored from then on.
Result<StoredKeys> FetchKeySet(const Issuer& issuer, std::chrono::sys_seconds now,
                               const StoredKeys* previous);

enum class RefreshWhen { kAlways, kNotFresh };

/// Fetches the issuer's key set and replaces the stored one; a failure leaves that as it is. One
/// process at a time does this for each issuer. A process that waited for another one uses the set
/// that was fetched meanwhile. REQUIRES: the issuer's keys are not pinned.
Status RefreshKeys(const Issuer& issuer, const std::string& state_dir,
                   RefreshWhen when = RefreshWhen::kAlways);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_REFRESH_H_
