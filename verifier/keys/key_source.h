#ifndef JOBWARDEN_VERIFIER_KEYS_KEY_SOURCE_H_
#define JOBWARDEN_VERIFIER_KEYS_KEY_SOURCE_H_

#include <string_view>

#include "verifier/base/result.h"
#include "verifier/provider/issuer.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// A key set, and what is to be said about how it was come by (KEYS_STALE).
struct Keys {
  KeySet set;
  Findings warnings;
};

/// Where key sets come from. The one virtual interface of the project: tests have a map.
class KeySource {
 public:
  virtual ~KeySource() = default;

  /// The issuer's key set, as fresh as its settings demand. It is asked before verification, and
  /// makes one attempt to find `kid` when the set it has lacks it; the set that comes back may
  /// still lack it (the issuer does not know it). KEYS_UNAVAILABLE when there is no set to be had.
  virtual Result<Keys> Get(const Issuer& issuer, std::string_view kid) = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_KEY_SOURCE_H_
