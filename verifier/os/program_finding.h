#ifndef JOBWARDEN_VERIFIER_OS_PROGRAM_FINDING_H_
#define JOBWARDEN_VERIFIER_OS_PROGRAM_FINDING_H_

#include <chrono>
#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/os/process.h"

namespace jobwarden {

/// Why a program of ours that we started failed, as our own finding: what it said last on standard
/// error, `jobwarden: CODE: MESSAGE` and a line `  hint: HINT`, or else its last line (the
/// loader's, for example), or else that its time was over, or its exit code. The finding's code is
/// `code`, whatever the program's was. REQUIRES: `end` is of a failure.
Finding FindingOf(const ProgramEnd& end, Code code, std::string_view what,
                  std::chrono::seconds timeout);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_PROGRAM_FINDING_H_
