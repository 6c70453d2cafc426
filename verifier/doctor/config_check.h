#ifndef JOBWARDEN_VERIFIER_DOCTOR_CONFIG_CHECK_H_
#define JOBWARDEN_VERIFIER_DOCTOR_CONFIG_CHECK_H_

#include <string>

#include "verifier/base/finding.h"

namespace jobwarden {

/// Checks a configuration and what it names on this machine, for the user who asks: the user who
/// runs GitLab Runner, or GitHub's runner, should be the one. Which of the two runs here is told by
/// the providers of the issuers; both are checked where both are configured.
///
/// Checked are: the text; who may write the files; users, programs and folders of `[executor]`; the
/// container hook and the folder of `[github]`; the audit file; pinned and stored keys. Nothing is
/// made, fetched or started: a full disk, a sandbox that the kernel forbids and a server that does
/// not answer are not found.
///
/// Returns all problems, each with the place of its setting, and warnings among them.
Findings CheckConfig(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_CONFIG_CHECK_H_
