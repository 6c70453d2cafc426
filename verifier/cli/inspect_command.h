#ifndef JOBWARDEN_VERIFIER_CLI_INSPECT_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_INSPECT_COMMAND_H_

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden inspect`: shows what a token says and what looks wrong with it. It verifies nothing
/// and does not show the signature. Exit code 0 if the token could be decoded, 1 if not, 2 usage.
int RunInspect(const InspectOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_INSPECT_COMMAND_H_
