#include "verifier/cli/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {

void PrintFindings(const Findings& findings) {
  for (const Finding& finding : findings) {
    fmt::print(stderr, "jobwarden: {}{}: {}\n",
               Forbids(finding) ? "" : "warning: ", CodeName(finding.code), finding.message);
    if (!finding.hint.empty()) fmt::print(stderr, "  hint: {}\n", finding.hint);
  }
}

int Fail(const Findings& findings, bool json) {
  const Outcome outcome = OutcomeOf(findings);
  if (!json) {
    PrintFindings(findings);
    return ExitCodeOf(outcome);
  }
  Array values;
  for (const Finding& finding : findings) values.push_back(FindingValue(finding));
  const Value answer = Object{{"format", kRecordFormat},
                              {"outcome", OutcomeName(outcome)},
                              {"findings", std::move(values)}};
  return Answer(WriteJson(answer) + "\n", outcome);
}

int Answer(std::string_view text, Outcome outcome) {
  if (Say(STDOUT_FILENO, text)) return ExitCodeOf(outcome);
  fmt::print(stderr, "jobwarden: standard output: {}\n", ErrorText(errno));
  return ExitCodeOf(Outcome::kError);
}

}  // namespace jobwarden
