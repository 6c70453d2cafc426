#ifndef JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_
#define JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// The commands of a package.json's `scripts` that a text with these words may run: those that it
/// names, with their `pre…` and `post…`, what installing runs by itself, and what all of these
/// name in turn. So `npm ci` beside a script `release` has nothing of what `release` does.
///
/// One command a line. Where a word names a tool that runs scripts by patterns, it is all of them;
/// where no `scripts` can be made out, the text itself.
std::string PackageScripts(std::string_view package_json,
                           const std::vector<std::string_view>& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_PACKAGE_SCRIPTS_H_
