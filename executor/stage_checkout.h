#ifndef JOBWARDEN_EXECUTOR_STAGE_CHECKOUT_H_
#define JOBWARDEN_EXECUTOR_STAGE_CHECKOUT_H_

#include <string_view>

#include "executor/received/job_response.h"
#include "verifier/checkout/checkout.h"
#include "verifier/config/config.h"
#include "verifier/exposure/plan.h"

namespace jobwarden {

/// Why the files of a job that a wrapped driver runs are not searched.
inline constexpr std::string_view kWhereDriverPutsThem =
    "they are where the driver that runs the job put them";

/// Looks for `wanted` in the files of the job's checkout, before a stage's script runs there.
/// `commands` are the script's: the runner's `cd` line in them says where the checkout is, and they
/// may call files. The CI configuration that the server names is left out, where it is a file of
/// the project.
CheckoutUse SearchStageCheckout(const Words& wanted, const StageUse& use,
                                const JobResponse& response, const ExecutorSettings& executor);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_STAGE_CHECKOUT_H_
