#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_TEST_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_TEST_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden policy test FILE…`: runs the cases of the files. Each file's rules are those of
/// `config_path`, or of the configuration that the file names if `config_given` is false. Exit code
/// 0 if all cases pass and the coverage is reached, 1 if not, 2 for a mistake in a file.
int RunPolicyTest(const std::string& config_path, bool config_given,
                  const PolicyTestOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_TEST_COMMAND_H_
