#ifndef JOBWARDEN_HOOKS_GITLAB_CI_CONFIG_H_
#define JOBWARDEN_HOOKS_GITLAB_CI_CONFIG_H_

#include <functional>
#include <string>
#include <string_view>

#include "verifier/base/value.h"
#include "verifier/exposure/usage.h"

namespace jobwarden {

/// The file with the lines of a job's script. GitLab does not pass these lines to a hook.
struct ScriptFile {
  std::string path;       ///< of the CI configuration file in the project's folder
  std::string elsewhere;  ///< why the lines may not be in such a file; empty: they are
};

/// Finds the CI configuration file of a GitLab job by the claims of its token (empty without a
/// token) and by its variables.
///
/// The script is elsewhere if another pipeline of the project started this one (and may have
/// written the configuration), if a policy added the job, if the file is of another project or a
/// URL, and if the job has no fresh checkout.
ScriptFile FindScriptFile(const Object& claims,
                          const std::function<std::string_view(std::string_view)>& variable);

/// Whether the CI configuration includes other files. In doubt, true.
bool HasInclude(std::string_view yaml);

/// The names that the CI configuration declares as `NAME:` on a line of its own below `id_tokens:`.
Words DeclaredIdTokens(std::string_view yaml);

/// The words of `wanted` that the CI configuration contains. A declaration does not count. In doubt
/// a word counts, and so do words in comments.
Words UsedInCiConfig(std::string_view yaml, const Words& wanted);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_CI_CONFIG_H_
