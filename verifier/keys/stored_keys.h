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

  /// Whether the set can be used without asking the issuer. The settings of now count, and those at
  /// the time of the fetch. A set from the future is not fresh.
  bool FreshAt(std::chrono::sys_seconds now, const Issuer& issuer) const;
  /// Until when the set may be used while the issuer cannot be reached.
  std::chrono::sys_seconds UsableUntil(const Issuer& issuer) const;
};

/// Reads a JWK Set (RFC 7517 §5) that a stranger wrote, into `jwks` and `set` of the result.
/// Refuses a set in which no key can be used. `code` and `what` make the finding.
Result<StoredKeys> ParseKeys(std::string_view bytes, Code code, std::string_view what);

/// `state_dir/keys/NAME` + `ending`. REQUIRES: an issuer name without `/`, as LoadConfig leaves it.
std::string KeysPath(const std::string& state_dir, const Issuer& issuer, std::string_view ending);

/// Reads the stored set without a lock. KEYS_UNAVAILABLE when there is none. KEY_CACHE_IGNORED, in
/// words that say why, for a set that is torn, that others could have written (see CheckWriters),
/// that is another issuer's, or that came from another URL than the settings name.
Result<StoredKeys> ReadStoredKeys(const std::string& state_dir, const Issuer& issuer,
                                  const std::vector<uid_t>& job_users);

/// Reads the bytes of such a file. `what` begins the message.
Result<StoredKeys> ParseStoredKeys(std::string_view bytes, const Issuer& issuer,
                                   std::string_view what);

/// Replaces the stored set atomically, by a file that everybody may read. Removes the temporary
/// files of writers that were killed. REQUIRES: one writer at a time.
Status WriteStoredKeys(const std::string& state_dir, const Issuer& issuer, const StoredKeys& keys);

/// Reads the pinned set `issuer.keys.file`.
Result<KeySet> ReadPinnedKeys(const Issuer& issuer, const std::vector<uid_t>& job_users);

/// Replaces the file of pinned keys at `path` by the set as the issuer sent it. Makes its folder
/// where that is absent.
Status WritePinnedKeys(const std::string& path, const StoredKeys& keys);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_STORED_KEYS_H_
