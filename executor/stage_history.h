#ifndef JOBWARDEN_EXECUTOR_STAGE_HISTORY_H_
#define JOBWARDEN_EXECUTOR_STAGE_HISTORY_H_

#include <optional>
#include <set>
#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

// Which of the job's own stages have begun, and without which tokens: each stage is a process of
// its own, so what a later stage must know lies in a file of the job's folder. The job cannot write
// that file unless it runs as the driver's own user. Values are never in it.

/// Returns the names of all tokens that one of the job's own stages so far was without; nothing
/// where none of them has begun. STATE_UNWRITABLE when the file cannot be read.
Result<std::optional<std::set<std::string>>> StrippedBefore(const std::string& folder);

/// Notes that one of the job's own stages begins, without the tokens of these names. To be called
/// before any of its lines run. STATE_UNWRITABLE.
Status NoteOwnStage(const std::string& folder, std::set<std::string> stripped);

/// Whether this is the first call for this job: what is said once a job is then said. True also
/// where that cannot be noted.
bool IsToldFirst(const std::string& folder);

/// Removes what the others left.
void ForgetOwnStages(const std::string& folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_STAGE_HISTORY_H_
