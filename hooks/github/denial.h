#ifndef JOBWARDEN_HOOKS_GITHUB_DENIAL_H_
#define JOBWARDEN_HOOKS_GITHUB_DENIAL_H_

#include <string>
#include <vector>

#include "verifier/admission/record.h"

namespace jobwarden {

// The decision in words for the workflow's author, one function for each place where GitHub shows
// it. `help` is the configuration's.

/// For the log of "Set up runner", and the annotations on the run's page: the decision, each reason
/// and what to change. For a job that may not request id_tokens, also the lines to add to its
/// workflow.
std::string DecisionLog(const Record& record, const std::string& help);

/// The decision as Markdown for the run's summary (GITHUB_STEP_SUMMARY). No text of a stranger can
/// become a link or an image in it.
std::string DecisionSummary(const Record& record, const std::string& help);

/// The decision as plain lines, for a place without a log.
std::string DenialText(const Record& record, const std::string& help);

/// The lines that the step guard prints instead of running a step.
std::vector<std::string> DenialLines(const Record& record, const std::string& help);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_DENIAL_H_
