#ifndef JOBWARDEN_VERIFIER_CLI_INSPECT_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_INSPECT_COMMAND_H_

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden inspect`: what a token says, and what looks wrong with it. Nothing is verified, and
/// the signature is not shown. Exit code 0 when it could be decoded, 1 when not, 2 usage.
int RunInspect(const InspectOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_INSPECT_COMMAND_H_
