#ifndef JOBWARDEN_HOOKS_GITHUB_WORKFLOW_LOG_H_
#define JOBWARDEN_HOOKS_GITHUB_WORKFLOW_LOG_H_

#include <string>
#include <string_view>

#include "verifier/base/finding.h"

namespace jobwarden {

// What a workflow's author sees of us is written as the runner's output commands, one a line, on
// standard output. Everything else that is printed begins with `jobwarden: `, and what a stranger
// wrote is quoted (Quote), so that nothing of it becomes a command: neither `::error::` at the
// beginning of a line nor `##[error]` anywhere in it.

/// `::error title=T::message`: an annotation, shown on the run's page. `%`, CR and LF, in the title
/// also `:` and `,`, are encoded.
enum class Annotation { kError, kWarning };
std::string AnnotationLine(Annotation level, std::string_view title, std::string_view message);

/// `::add-mask::value`: the runner hides the value in all that follows. One line for each line of
/// the value.
std::string MaskLine(std::string_view value);

/// Each finding as an annotation, its hint in the message: errors, and warnings for what forbids
/// nothing.
std::string FindingsAnnotated(const Findings& findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_WORKFLOW_LOG_H_
