#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_DIFF_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_DIFF_COMMAND_H_

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden policy diff`: says which jobs the new configuration allows that the old one does not,
/// and the other way round, from their texts alone. The exit code is 0; with `fail_on_new_access`
/// that of a denial if there is new access, and that of an error if it is not decided whether there
/// is. A configuration with a mistake is not compared.
int RunPolicyDiff(const PolicyDiffOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_DIFF_COMMAND_H_
