#ifndef JOBWARDEN_VERIFIER_KEYS_KEY_SOURCE_H_
#define JOBWARDEN_VERIFIER_KEYS_KEY_SOURCE_H_

#include <string_view>

#include "verifier/base/result.h"
#include "verifier/provider/issuer.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// A key set, and warnings about how it was got (KEYS_STALE, KEY_CACHE_IGNORED).
struct Keys {
  KeySet set;
  Findings warnings;
};

/// Where key sets come from. The one virtual interface of the project: tests have a map.
class KeySource {
 public:
  virtual ~KeySource() = default;

  /// Returns the issuer's key set, as fresh as its settings demand. A set that lacks `kid` is
  /// returned only when the issuer was asked and has no such key. Called before verification, which
  /// calls nobody. KEYS_UNAVAILABLE when no set can be had.
  virtual Result<Keys> Get(const Issuer& issuer, std::string_view kid) = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_KEY_SOURCE_H_
