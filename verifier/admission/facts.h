#ifndef JOBWARDEN_VERIFIER_ADMISSION_FACTS_H_
#define JOBWARDEN_VERIFIER_ADMISSION_FACTS_H_

#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/base/value.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// Reads a job from a JSON object. Its names are those of facts, and of the ids to which a token is
/// bound: `job_id`, `pipeline_id`, `runner_id`, `run_id`, `run_attempt`, `repository`. Ids may be
/// numbers or text. Unknown names and wrong types are refused
/// (CONFIG_INVALID).
///
/// A token can be bound to the job if the facts say which job it is: `job_id`, or `run_id`.
Result<Job> ParseFacts(std::string_view bytes, Provider provider, std::string_view what);
/// The same of an object that was read already.
Result<Job> JobOfFacts(const Object& facts, Provider provider, std::string_view what);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_FACTS_H_
