#ifndef JOBWARDEN_VERIFIER_CLI_PRINT_H_
#define JOBWARDEN_VERIFIER_CLI_PRINT_H_

#include "verifier/base/finding.h"

namespace jobwarden {

/// Prints each finding on standard error, `jobwarden: CODE: message` and its hint below.
void PrintFindings(const Findings& findings);

/// Prints the findings, and returns the exit code that they come to.
int Fail(const Findings& findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_PRINT_H_
