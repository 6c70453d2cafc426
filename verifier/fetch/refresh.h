#ifndef JOBWARDEN_VERIFIER_FETCH_REFRESH_H_
#define JOBWARDEN_VERIFIER_FETCH_REFRESH_H_

#include <chrono>
#include <string>

#include "verifier/base/result.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// Gets an issuer's key set over HTTP, within its time-out in all: from `issuer.keys.url`, or from
/// the `jwks_uri` of its discovery document (OpenID Connect Discovery 1.0 §4), whose `issuer` must
/// equal `issuer.url` byte for byte. `previous`, where it came from the same place, is kept when
/// the issuer says that it has not changed.
///
/// REQUIRES: the issuer's keys are not pinned. KEYS_UNAVAILABLE when there is no good set to be
/// had; one in which no key can be used is not good. Ignores SIGPIPE from then on.
Result<StoredKeys> FetchKeySet(const Issuer& issuer, std::chrono::sys_seconds now,
                               const StoredKeys* previous);

enum class RefreshWhen { kAlways, kNotFresh };

/// Fetches the issuer's key set and puts it into the place of the stored one, which a failure
/// leaves as it is. One process does this at a time for each issuer; one that waited for another
/// makes do with a set that was fetched meanwhile.
Status RefreshKeys(const Issuer& issuer, const std::string& state_dir,
                   RefreshWhen when = RefreshWhen::kAlways);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_REFRESH_H_
