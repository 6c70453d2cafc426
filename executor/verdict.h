#ifndef JOBWARDEN_EXECUTOR_VERDICT_H_
#define JOBWARDEN_EXECUTOR_VERDICT_H_

#include <string>
#include <string_view>

#include "executor/job_response.h"
#include "verifier/admission/record.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// Leaves the decision for the job's stages, readable by this user alone. STATE_UNWRITABLE.
Status WriteVerdict(const std::string& job_folder, const Record& record);

/// The decision about this very job, whether it lets the job run or not. VERDICT_MISSING, with
/// the stage in its message, when there is none, when it belongs to another user, is of another
/// format, or is about another job.
Result<Record> ReadVerdict(const std::string& job_folder, const JobResponse& response,
                           std::string_view stage);

/// Removes it. An absent one is no error.
Status RemoveVerdict(const std::string& job_folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_VERDICT_H_
