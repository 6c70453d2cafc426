#ifndef JOBWARDEN_HOOKS_GITLAB_SHELL_EXPOSURE_H_
#define JOBWARDEN_HOOKS_GITLAB_SHELL_EXPOSURE_H_

#include <string>
#include <vector>

#include "verifier/admission/record.h"
#include "verifier/base/value.h"
#include "verifier/exposure/inventory.h"
#include "verifier/exposure/settings.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// What happens to a job's tokens in the shell that runs its script.
struct ShellExposure {
  Record::Exposure exposure;       ///< a shell can unset all of `stripped`; `masked` is empty
  std::vector<std::string> notes;  ///< for the job's author: what is kept although it may be unused
};

/// Decides for each name. GitLab does not pass the lines of the script to a hook, so the CI
/// configuration counts in their place, besides the files of the checkout. If that may not be the
/// whole script, or `usage` is "script", tokens that the script may use stay.
///
/// Tokens for this runner and legacy tokens are stripped unless JOBWARDEN_KEEP lists them. The job
/// token stays, because the lines that the runner makes of `release:` need it, and these lines are
/// in no file. `claims` are those of the job's token, `environment` is the job's.
ShellExposure PlanShell(const Inventory& inventory, ExposureSettings settings, const Object& claims,
                        const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_SHELL_EXPOSURE_H_
