#ifndef JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_
#define JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// The commands of a package.json's `scripts` that a text with these words may run: the scripts
/// that a word names, their `pre…` and `post…` scripts, the scripts that an installation runs, and
/// the scripts that all of these name. So `npm ci` does not run a script `release`.
///
/// One command a line. If a word names a tool that runs scripts by patterns, the result is all
/// commands. If `scripts` cannot be read, it is the text itself.
std::string PackageScripts(std::string_view package_json,
                           const std::vector<std::string_view>& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_
