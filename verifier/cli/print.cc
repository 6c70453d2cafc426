#include "verifier/cli/print.h"

#include <fmt/format.h>

#include <cstdio>

namespace jobwarden {

void PrintFindings(const Findings& findings) {
  for (const Finding& finding : findings) {
    fmt::print(stderr, "jobwarden: {}{}: {}\n",
               Forbids(finding) ? "" : "warning: ", CodeName(finding.code), finding.message);
    if (!finding.hint.empty()) fmt::print(stderr, "  hint: {}\n", finding.hint);
  }
}

int Fail(const Findings& findings) {
  PrintFindings(findings);
  return ExitCodeOf(OutcomeOf(findings));
}

}  // namespace jobwarden
