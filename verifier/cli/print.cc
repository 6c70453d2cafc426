#include "verifier/cli/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "verifier/admission/job_log.h"
#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {

void PrintFindings(const Findings& findings) {
  Say(STDERR_FILENO, FindingsText(findings));
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
  Say(STDERR_FILENO, fmt::format("jobwarden: standard output: {}\n", ErrorText(errno)));
  return ExitCodeOf(Outcome::kError);
}

}  // namespace jobwarden
