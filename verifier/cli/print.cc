#include "verifier/cli/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "verifier/admission/job_log.h"
#include "verifier/admission/record.h"
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
  return Answer(WriteRefusal(findings) + "\n", outcome);
}

int Answer(std::string_view text, Outcome outcome) {
  if (Say(STDOUT_FILENO, text)) return ExitCodeOf(outcome);
  Say(STDERR_FILENO, fmt::format("jobwarden: standard output: {}\n", ErrorText(errno)));
  return ExitCodeOf(Outcome::kError);
}

}  // namespace jobwarden
