#ifndef JOBWARDEN_VERIFIER_BUNDLE_PULL_H_
#define JOBWARDEN_VERIFIER_BUNDLE_PULL_H_

#include <chrono>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/bundle/trial.h"
#include "verifier/config/config.h"
#include "verifier/config/pulled_policy.h"

namespace jobwarden {

/// What a pull came to.
struct Pull {
  bool is_new = false;  ///< false: the policy in force is the one that is served
  PulledPolicy policy;  ///< that is in force now
  Trial trial;          ///< of a new policy
};

/// Gets the bundle at `url` and, beside it, its signature (`url` with `.minisig` after the path);
/// puts it in force if it passes each test, in this order: it is signed by a configured key; it is
/// a bundle; its serial is not lower than that of the policy in force; it has not expired; it
/// passes its trial on this machine (see TryBundle). Nothing of it is unpacked before its signature
/// is good. If it does not pass, nothing changes.
///
/// One request with the ETag suffices if the policy in force is served. The serial of a policy
/// whose key is not configured any more does not count, because the key may have been stolen.
///
/// `config` and `own` are the machine's configuration without a pulled policy. POLICY_UNAVAILABLE
/// if the bundle cannot be had, POLICY_REFUSED if it does not pass, POLICY_EXPIRED if the policy in
/// force has expired and the server has no other, STATE_UNWRITABLE. SIGPIPE is ignored from then
/// on. REQUIRES: `[policy.pull]` is configured.
Result<Pull> PullPolicy(const Config& config, const std::vector<ConfigFile>& own,
                        const std::string& url, std::chrono::sys_seconds now);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_PULL_H_
