#include "verifier/cli/print.h"

#include <fmt/format.h>

#include <cstdio>

namespace jobwarden {

void PrintFindings(const Findings& findings) {
  for (const Finding& finding : findings) {
    const bool warning = finding.report_only || SeverityOf(finding.code) == Severity::kWarning;
    fmt::print(stderr, "jobwarden: {}{}: {}\n", warning ? "warning: " : "", CodeName(finding.code),
               finding.message);
    if (!finding.hint.empty()) fmt::print(stderr, "  hint: {}\n", finding.hint);
  }
}

int Fail(const Findings& findings) {
  PrintFindings(findings);
  return ExitCodeOf(OutcomeOf(findings));
}

}  // namespace jobwarden
