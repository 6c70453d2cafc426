#ifndef JOBWARDEN_HOOKS_GITHUB_STEP_SETTINGS_H_
#define JOBWARDEN_HOOKS_GITHUB_STEP_SETTINGS_H_

#include "hooks/step/step_decision.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// The settings for a job's steps: `[github]`, and the commands that `[exposure.consumers]` lists
/// for one of the request variables.
StepSettings StepSettingsOf(const Config& config);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_STEP_SETTINGS_H_
