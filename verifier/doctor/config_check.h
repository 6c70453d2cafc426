#ifndef JOBWARDEN_VERIFIER_DOCTOR_CONFIG_CHECK_H_
#define JOBWARDEN_VERIFIER_DOCTOR_CONFIG_CHECK_H_

#include <optional>
#include <string>

#include "verifier/base/finding.h"
#include "verifier/config/pulled_policy.h"

namespace jobwarden {

/// Checks a configuration and what it names on this machine, for the user who asks: the user who
/// runs GitLab Runner, or GitHub's runner, should be the one. Which of the two runs here is told by
/// the providers of the issuers; both are checked where both are configured.
///
/// Checked are: the text; who may write the files; users, programs and folders of `[executor]`; the
/// container hook and the folder of `[github]`; the audit file; pinned and stored keys; the
/// pulled policy. Nothing is made, fetched or started: a full disk, a sandbox that the kernel
/// forbids and a server that does not answer are not found.
///
/// All problems are found, each with the place of its setting, and warnings among them.
struct ConfigCheckResult {
  Findings findings;
  std::optional<PulledPolicy>
      pulled;  ///< the policy by which this machine decides, if it pulls one
};
ConfigCheckResult CheckConfig(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_CONFIG_CHECK_H_
