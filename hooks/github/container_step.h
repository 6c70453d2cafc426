#ifndef JOBWARDEN_HOOKS_GITHUB_CONTAINER_STEP_H_
#define JOBWARDEN_HOOKS_GITHUB_CONTAINER_STEP_H_

#include <string_view>
#include <vector>

#include "hooks/github/container_message.h"
#include "hooks/step/mounts.h"
#include "hooks/step/step_decision.h"
#include "hooks/step/token_use.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// Where the folders of a job's container lie on this machine, as the runner mounts them, by its
/// RUNNER_TEMP and RUNNER_TOOL_CACHE: `/__w` the work folder, `/__t` the tools, `/github/home` and
/// `/github/workflow` folders of RUNNER_TEMP. The work folder stands for itself, too: workflows
/// name it by the path on this machine.
std::vector<Mount> JobContainerMounts(std::string_view temporary, std::string_view tools);

/// Whether a step in the job's container, a run_script_step or run_container_step, needs to request
/// id_tokens: the decision of the step guard on the machine itself (DecideStep).
///
/// Under `named` the scripts of `run:` steps are followed as far as they lie on this machine
/// (FindTokenUse). What is in the container's image is not seen; a checkout that is in the
/// container alone is kUnknown for what names files. JavaScript and Docker actions are taken to
/// need it. Under `listed` they must be listed, too.
TokenUse StepNeedsTokens(const ContainerMessage& message, const StepSettings& settings,
                         const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_CONTAINER_STEP_H_
