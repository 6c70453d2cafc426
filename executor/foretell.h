#ifndef JOBWARDEN_EXECUTOR_FORETELL_H_
#define JOBWARDEN_EXECUTOR_FORETELL_H_

#include <string>

#include "executor/received/job_response.h"
#include "executor/stage.h"
#include "verifier/admission/record.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"

namespace jobwarden {

/// Adds to each token where else in the job response it is.
void AddLocations(const JobResponse& response, Inventory& inventory);

/// The exposure that the job's own stages will have, as far as the lines of its steps tell: a name
/// that one of them uses is kept. Each stage decides for itself. With `usage = "checkout"` a stage
/// may keep a name that is foretold to go, because `prepare` has no checkout to look into.
Record::Exposure Foretell(const Inventory& inventory, const JobResponse& response, const Call& call,
                          const Config& config);

/// Replaces the file by a copy of the job response without what is foretold to go. The job token
/// stays, for the runner's own stages need it; the stages find all others again in what GitLab
/// Runner hands to them. A call that ends halfway leaves what no later stage can read.
Status FilterJobResponse(const std::string& path, const JobResponse& response,
                         const Inventory& inventory, const Record::Exposure& exposure);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_FORETELL_H_
