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

/// The folders of this machine that the runner mounts into a job's container, by RUNNER_TEMP and
/// RUNNER_TOOL_CACHE: `/__w` is the work folder, `/__t` the tools; `/github/home` and
/// `/github/workflow` are folders of RUNNER_TEMP. The path of the work folder on this machine also
/// counts, because workflows use it.
std::vector<Mount> JobContainerMounts(std::string_view temporary, std::string_view tools);

/// Whether a step in the job's container (run_script_step, run_container_step) needs to request
/// id_tokens. DecideStep decides, as for the step guard on the host.
///
/// With `named`, the scripts of `run:` steps are followed if they lie on this machine
/// (FindTokenUse). Files of the container's image cannot be read. If the checkout is only in the
/// container, a step that names files is kUnknown. JavaScript and Docker actions count as using
/// id_tokens. With `listed`, they must be listed too.
TokenUse StepNeedsTokens(const ContainerMessage& message, const StepSettings& settings,
                         const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_CONTAINER_STEP_H_
