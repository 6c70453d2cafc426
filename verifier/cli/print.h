#ifndef JOBWARDEN_VERIFIER_CLI_PRINT_H_
#define JOBWARDEN_VERIFIER_CLI_PRINT_H_

#include <string_view>

#include "verifier/base/finding.h"

namespace jobwarden {

/// Prints each finding on standard error: `jobwarden: CODE: message`, and its hint below.
void PrintFindings(const Findings& findings);

/// Ends a command that has no answer: prints the findings and returns their exit code. With `json`
/// they are one line on standard output, `{"format":1,"outcome":…,"findings":[…]}`, in which each
/// member is what it is in a record; else PrintFindings prints them.
/// REQUIRES: a finding that forbids.
int Fail(const Findings& findings, bool json = false);

/// Prints a command's answer on standard output and returns the exit code of `outcome`; that of an
/// error if the answer cannot be written.
int Answer(std::string_view text, Outcome outcome);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_PRINT_H_
