#ifndef JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_
#define JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// The commands of a package.json's `scripts`, a composer.json's `scripts` or a deno.json's
/// `tasks`, that a text with these
/// words may run: the scripts that a word names, their `pre…` and `post…` scripts, the scripts that
/// an installation runs, and the scripts that all of these name. So `npm ci` does not run a script
/// `release`.
///
/// One command a line. A word may be a pattern (`run-s build:*`). If `scripts` cannot be read, it
/// is the text itself.
std::string PackageScripts(std::string_view package_json,
                           const std::vector<std::string_view>& words);

/// The folders of a package.json's `workspaces`: `packages/*`. Empty if it has none.
std::vector<std::string> PackageWorkspaces(std::string_view package_json);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_
