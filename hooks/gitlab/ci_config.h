#ifndef JOBWARDEN_HOOKS_GITLAB_CI_CONFIG_H_
#define JOBWARDEN_HOOKS_GITLAB_CI_CONFIG_H_

#include <functional>
#include <string>
#include <string_view>

#include "verifier/base/value.h"
#include "verifier/exposure/usage.h"

namespace jobwarden {

/// Where the lines of a job's script stand: nobody hands them to a hook.
struct ScriptPlace {
  std::string path;       ///< of the CI configuration file in the project's folder
  std::string elsewhere;  ///< why it is not, or may not be, in such a file; empty: it is
};

/// Finds the CI configuration file that a GitLab job comes from, by the claims of its token, which
/// are empty when there is none, and by its variables.
///
/// It is elsewhere when the pipeline was started by another one of the same project (which may have
/// written it), when a policy brought the job, when the file is of another project or a URL, and
/// when the job does without a fresh checkout.
ScriptPlace FindScript(const Object& claims,
                       const std::function<std::string_view(std::string_view)>& variable);

/// Whether the CI configuration takes in more than is in it. In doubt it does.
bool HasInclude(std::string_view yaml);

/// The names that the CI configuration declares: as `NAME:`, on a line of its own, below
/// `id_tokens:`.
Words DeclaredIdTokens(std::string_view yaml);

/// Those of `wanted` that the CI configuration names, other than by declaring them. In
/// doubt it names them; comments count.
Words UsedInCiConfig(std::string_view yaml, const Words& wanted);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_CI_CONFIG_H_
