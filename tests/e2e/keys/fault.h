#ifndef JOBWARDEN_TESTS_E2E_KEYS_FAULT_H_
#define JOBWARDEN_TESTS_E2E_KEYS_FAULT_H_

#include <functional>
#include <string>

#include "tests/e2e/keys/keys_host.h"

namespace jobwarden::testing {

/// An issuer that was good once, and then is not.
struct Fault {
  std::string cause;              ///< as the administrator reads it
  std::function<int()> requests;  ///< how many the issuer saw so far
  int costs = 1;                  ///< how many each program causes
};

/// Plays the fault through `keys refresh`, `verify` and `prepare`, with no key set, with one that
/// is not fresh any more and with one that is too old: which verdict, which words, how many
/// requests. `spoil` makes the issuer bad, `mend` good again; it is bad at the beginning.
void PlayFault(KeysHost& host, const Fault& fault, const std::function<void()>& spoil,
               const std::function<void()>& mend);

/// The same for what needs time: `keys refresh` alone with no key set, `prepare` alone with one
/// that is not fresh.
void PlaySlowFault(KeysHost& host, const Fault& fault, const std::function<void()>& spoil,
                   const std::function<void()>& mend);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_KEYS_FAULT_H_
