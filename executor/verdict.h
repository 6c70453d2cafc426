#ifndef JOBWARDEN_EXECUTOR_VERDICT_H_
#define JOBWARDEN_EXECUTOR_VERDICT_H_

#include <string>
#include <string_view>

#include "executor/received/job_response.h"
#include "verifier/admission/record.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// Where `prepare` leaves the verdict for the job's stages.
std::string VerdictPathIn(const std::string& job_folder);

/// The decision about this very job, whether the decision lets the job run or not. VERDICT_MISSING,
/// with the stage in its message, when there is none (see ReadVerdict) or it is about another job.
Result<Record> ReadJobVerdict(const std::string& job_folder, const JobResponse& response,
                              std::string_view stage);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_VERDICT_H_
