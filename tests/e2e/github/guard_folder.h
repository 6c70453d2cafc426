#ifndef JOBWARDEN_TESTS_E2E_GITHUB_GUARD_FOLDER_H_
#define JOBWARDEN_TESTS_E2E_GITHUB_GUARD_FOLDER_H_

#include <string>
#include <vector>

#include "hooks/guard/settings.h"

namespace jobwarden::testing {

/// An allowed job's settings, where naming the variables counts and there is no broker.
GuardSettings Allowed();
/// Those of a job that was refused for this reason.
GuardSettings Denied(const std::string& reason);

/// Makes a guard's folder that has the built guard under all its names, whatever this machine has
/// behind them.
void MakeWholeGuardFolder(const std::string& folder, const GuardSettings& settings);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_GITHUB_GUARD_FOLDER_H_
