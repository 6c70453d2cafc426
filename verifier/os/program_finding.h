#ifndef JOBWARDEN_VERIFIER_OS_PROGRAM_FINDING_H_
#define JOBWARDEN_VERIFIER_OS_PROGRAM_FINDING_H_

#include <chrono>
#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/os/process.h"

namespace jobwarden {

/// Makes a finding of the failure of a program of ours that this one started. Its message is the
/// last `jobwarden: CODE: MESSAGE` on the program's standard error, with a line `  hint: HINT`
/// below it; if there is none, the last line (the loader's, for example); if there is no line, the
/// exit code, or that the time was over. The finding has the code `code`, whatever the program
/// printed. REQUIRES: `end` is that of a failure.
Finding FindingOf(const ProgramEnd& end, Code code, std::string_view what,
                  std::chrono::seconds timeout);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_PROGRAM_FINDING_H_
