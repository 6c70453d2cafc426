#ifndef JOBWARDEN_VERIFIER_BUNDLE_POLICY_STORE_H_
#define JOBWARDEN_VERIFIER_BUNDLE_POLICY_STORE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/bundle/tar.h"
#include "verifier/config/pulled_policy.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// The folder of pulled policies (see pulled_policy.h), held by the one process that may change it.
/// The lock ends with the process (flock).
class PolicyStore {
 public:
  /// Waits for the lock, for `patience` at most. Makes the folder where it is absent. Refuses a
  /// folder that others could write. Nobody else can lock: who did could hold a new policy back.
  static Result<PolicyStore> Open(const std::string& state_dir, std::chrono::seconds patience);

  /// The policy that is in force.
  struct Current {
    std::int64_t serial = 0;             ///< by the name of its folder; 0: there is none
    std::optional<PulledPolicy> policy;  ///< if its note can be read
  };
  /// POLICY_UNAVAILABLE if nobody can tell which one that is.
  Result<Current> Read() const;

  /// Puts a policy in force; `policy.folder` does not count.
  ///
  /// The files are written and fsynced in a new folder; then the link `current` is replaced by one
  /// rename. Whenever this ends, by a power cut too, `current` leads to the old version or to the
  /// new one, and either is whole. The old version stays until the next policy, because programs
  /// may be reading it. What killed predecessors left is removed.
  Status Install(const std::vector<BundleFile>& files, const PulledPolicy& policy);

  /// Replaces the note of the policy in force.
  Status Note(const PulledPolicy& policy);

 private:
  PolicyStore(std::string state_dir, Fd lock)
      : state_dir_(std::move(state_dir)), lock_(std::move(lock)) {}

  Status RemoveAllBut(const std::string& name) const;

  std::string state_dir_;
  Fd lock_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_POLICY_STORE_H_
