#ifndef JOBWARDEN_VERIFIER_KEYS_STORED_KEYS_H_
#define JOBWARDEN_VERIFIER_KEYS_STORED_KEYS_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/base/value.h"
#include "verifier/provider/issuer.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// The last good key set of an issuer, as `state_dir/keys/NAME.json` holds it.
struct StoredKeys {
  std::string source;                   ///< the URL that it came from
  std::chrono::sys_seconds fetched_at;  ///< when the request for it was made
  std::chrono::sys_seconds fresh_until;
  std::string etag;  ///< empty when the issuer gave none
  Value jwks;        ///< the JWK Set as it was received
  KeySet set;        ///< the same, parsed

  /// Whether it can be used without asking the issuer. The issuer's present settings count as
  /// well as those that it was fetched under; a set from the future is not fresh.
  bool FreshAt(std::chrono::sys_seconds now, const Issuer& issuer) const;
  /// When it stops being of use although the issuer cannot be reached.
  std::chrono::sys_seconds UsableUntil(const Issuer& issuer) const;
};

/// Reads a JWK Set (RFC 7517 §5) that a stranger wrote, into `jwks` and `set` of the result. One
/// in which no key can be used is refused too. `code` and `what` make the finding.
Result<StoredKeys> ParseKeys(std::string_view bytes, Code code, std::string_view what);

/// `state_dir/keys/NAME` + `ending`. REQUIRES: an issuer name without `/`, as LoadConfig leaves it.
std::string KeysPath(const std::string& state_dir, const Issuer& issuer, std::string_view ending);

/// Reads the stored set without a lock. KEYS_UNAVAILABLE when there is none. Nothing is trusted
/// that is torn, not ours (see CheckWriters), of another issuer or from another place than the
/// settings name: KEY_CACHE_IGNORED, in words that say which.
Result<StoredKeys> ReadStoredKeys(const std::string& state_dir, const Issuer& issuer,
                                  const std::vector<uid_t>& job_users);

/// The same of a file's bytes. `what` begins the message.
Result<StoredKeys> ParseStoredKeys(std::string_view bytes, const Issuer& issuer,
                                   std::string_view what);

/// Puts the set in the place of the one before it, atomically; others may read it. What writers
/// that were killed left beside it is removed. REQUIRES: one writer at a time.
Status WriteStoredKeys(const std::string& state_dir, const Issuer& issuer, const StoredKeys& keys);

/// Reads the pinned set `issuer.keys.file`.
Result<KeySet> ReadPinnedKeys(const Issuer& issuer, const std::vector<uid_t>& job_users);

/// Writes a set to be pinned, as the issuer sent it, in the place of the file before it. Its folder
/// is made where it is not there.
Status WritePinnedKeys(const std::string& path, const StoredKeys& keys);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_STORED_KEYS_H_
