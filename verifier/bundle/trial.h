#ifndef JOBWARDEN_VERIFIER_BUNDLE_TRIAL_H_
#define JOBWARDEN_VERIFIER_BUNDLE_TRIAL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/bundle/tar.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// What came out of a trial that a bundle passed.
struct Trial {
  std::size_t rules = 0;
  std::size_t cases = 0;
  std::size_t warnings = 0;  ///< that `policy check` would give of the bundle's rules
};

/// Checks the bundle's rules together with a machine's own configuration (`own`: jobwarden.toml,
/// then the files of its rules.d), and runs the bundle's tests.
///
/// The tests see the settings of the configuration and the rules of the bundle alone: a rule that
/// one machine has for itself does not keep the fleet's policy from it. POLICY_REFUSED, once for
/// each mistake and each test that fails, ten of each at most.
Result<Trial> TryBundle(const std::vector<BundleFile>& files, const std::vector<ConfigFile>& own);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_TRIAL_H_
