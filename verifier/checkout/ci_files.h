#ifndef JOBWARDEN_VERIFIER_CHECKOUT_CI_FILES_H_
#define JOBWARDEN_VERIFIER_CHECKOUT_CI_FILES_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// Whether a path below a project is where people keep parts of the CI configuration: YAML in
/// `.gitlab`, `.gitlab-ci` or `.gitlab-ci.d`, and YAML with `gitlab-ci` in its name. Scripts beside
/// them are what jobs call.
bool HasCiName(std::string_view path);

/// The paths below the project, without a leading slash, that a CI configuration takes in by
/// `include:` (with `local:`, or as the bare path). They may be patterns, as GitLab's are: see
/// Glob.
///
/// YAML is followed from line to line: what is written in an unusual way is not found.
std::vector<std::string> IncludedPaths(std::string_view yaml);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CHECKOUT_CI_FILES_H_
