#ifndef JOBWARDEN_VERIFIER_REVIEW_RECORDED_JOB_H_
#define JOBWARDEN_VERIFIER_REVIEW_RECORDED_JOB_H_

#include "verifier/admission/record.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/review/unsigned_job.h"

namespace jobwarden {

/// The job of a record, as the rules saw it when it was decided about. What the record leaves out
/// (Record::unrecorded) is absent. The audiences of the job's other id_tokens are those that no
/// issuer of `config` expects.
///
/// TOKEN_MISSING if the rules were not asked, because no token of the job could be verified.
Result<UnsignedJob> RecordedJob(const Record& record, const Config& config);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_RECORDED_JOB_H_
