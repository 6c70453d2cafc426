#ifndef JOBWARDEN_HOOKS_GITHUB_WORKFLOW_LOG_H_
#define JOBWARDEN_HOOKS_GITHUB_WORKFLOW_LOG_H_

#include <string>
#include <string_view>

#include "verifier/base/finding.h"

namespace jobwarden {

// The runner's output commands, one a line, on standard output. Every other line that a hook prints
// begins with `jobwarden: `, and text of a stranger is quoted (Quote). So no such text becomes a
// command, neither `::error::` at the beginning of a line nor `##[error]` anywhere in it.

/// `::error title=T::message`: an annotation on the run's page. `%`, CR and LF are encoded, in the
/// title also `:` and `,`.
enum class Annotation { kError, kWarning };
std::string AnnotationLine(Annotation level, std::string_view title, std::string_view message);

/// `::add-mask::value`: the runner hides the value in all later output. One command for each line
/// of the value.
std::string MaskLine(std::string_view value);

/// Each finding as an annotation, with its hint: an error if it forbids the job, else a warning.
std::string FindingsAnnotated(const Findings& findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_WORKFLOW_LOG_H_
