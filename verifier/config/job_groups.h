#ifndef JOBWARDEN_VERIFIER_CONFIG_JOB_GROUPS_H_
#define JOBWARDEN_VERIFIER_CONFIG_JOB_GROUPS_H_

#include <string>
#include <vector>

#include "verifier/base/result.h"

namespace jobwarden {

/// Refuses users of `run_as` in a group whose members can become root: a job of such a user would
/// hold this machine and all later jobs. These are groups that are known by name (`docker`, `disk`,
/// `sudo`), and those that may write a socket of a container service or a folder of root's `PATH`.
///
/// Rules of sudo that name a user are not read. CONFIG_INVALID for each such user; DRIVER_FAILED.
Status CheckJobGroups(const std::vector<std::string>& run_as);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_JOB_GROUPS_H_
