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

/// What becomes of a job's tokens in the shell that runs its script.
struct ShellExposure {
  Record::Exposure exposure;  ///< `stripped` are names that a shell can unset; none is masked
  std::vector<std::string>
      notes;  ///< for the job's author: what is kept for want of knowing better
};

/// Decides for each name, although nobody shows a hook the lines of the script: they stand in the
/// CI configuration, which counts beside the files of the checkout. Where that may not be the whole
/// script, or `usage` is "script", what may be used there stays.
///
/// Tokens for this runner and legacy ones go unless JOBWARDEN_KEEP lists them; the job token stays:
/// the lines that the runner makes of `release:` need it and stand nowhere. `claims` are those of
/// the job's token, `environment` is the job's.
ShellExposure PlanShell(const Inventory& inventory, ExposureSettings settings, const Object& claims,
                        const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_SHELL_EXPOSURE_H_
