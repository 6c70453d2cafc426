#ifndef JOBWARDEN_VERIFIER_CLI_EXPLAIN_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_EXPLAIN_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden policy explain`: says for one job what each rule says of it and why. The job is one
/// of the audit log, or that of a token, or one that the caller describes. Exit code 0 if the job
/// is explained, whatever the outcome; 2 for a mistake in what is given, and if the audit log has
/// no such decision.
int RunPolicyExplain(const std::string& config_path, const PolicyExplainOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_EXPLAIN_COMMAND_H_
