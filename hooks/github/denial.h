#ifndef JOBWARDEN_HOOKS_GITHUB_DENIAL_H_
#define JOBWARDEN_HOOKS_GITHUB_DENIAL_H_

#include <string>
#include <vector>

#include "verifier/admission/record.h"

namespace jobwarden {

// What the workflow's author is told about a decision, in the places where GitHub shows it. `help`
// is the configuration's.

/// The log of "Set up runner", and the annotations on the run's page: the decision, each reason and
/// what to change; for a job that lacks only the permission to request id_tokens, the lines to
/// add to its workflow.
std::string DecisionLog(const Record& record, const std::string& help);

/// The same as Markdown for the run's summary (GITHUB_STEP_SUMMARY). Nothing that a stranger wrote
/// can be a link or an image in it.
std::string DecisionSummary(const Record& record, const std::string& help);

/// The same as plain lines, for where no log is.
std::string DenialText(const Record& record, const std::string& help);

/// What the step guard prints instead of a step, by lines.
std::vector<std::string> DenialLines(const Record& record, const std::string& help);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_DENIAL_H_
