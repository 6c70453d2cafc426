#ifndef JOBWARDEN_VERIFIER_CONFIG_STORED_POLICY_H_
#define JOBWARDEN_VERIFIER_CONFIG_STORED_POLICY_H_

#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/config/pulled_policy.h"
#include "verifier/config/source.h"

namespace jobwarden {

/// The policy that `policy pull` stored, its rules, and the open files that hold it.
struct StoredPolicy {
  PulledPolicy policy;
  std::vector<ConfigFile> rules;
  std::vector<Source> sources;
};

/// Opens the policy in force. POLICY_UNAVAILABLE if there is none by which this machine may decide:
/// none was pulled, its key is not in `policy.pull.keys`, or its rules are not those that were
/// pulled. Who could write them is not checked.
Result<StoredPolicy> OpenStoredPolicy(const Config& config);

/// The text of a version's file kRuleSums, in the form of sha256sum. A rule that is lost or
/// changed, by a damaged disk, half a backup or by hand, shows by it; the policy would not be the
/// one that the serial in the audit names. It is no defence against the user to whom the files
/// belong. Only the last part of each path counts.
std::string RuleSums(std::vector<ConfigFile> rules);

inline constexpr const char* kRuleSums = "rules.sha256";

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_STORED_POLICY_H_
