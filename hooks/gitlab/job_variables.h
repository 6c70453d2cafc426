#ifndef JOBWARDEN_HOOKS_GITLAB_JOB_VARIABLES_H_
#define JOBWARDEN_HOOKS_GITLAB_JOB_VARIABLES_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "verifier/exposure/inventory.h"
#include "verifier/os/environment.h"

namespace jobwarden {

inline constexpr std::size_t kMaxFileVariableBytes = std::size_t{1024} * 1024;        ///< of each
inline constexpr std::size_t kMaxFileVariablesBytes = std::size_t{16} * 1024 * 1024;  ///< of all

/// A job's variables in the environment of a process that its script started.
struct JobVariables {
  /// The legacy tokens come first. The order in which the server sent the variables is not known
  /// here, and a copy of a legacy token under another name would otherwise make the token an
  /// id_token.
  std::vector<Variable> variables;
  /// The file variables and the paths of their files. Their value is the file's content.
  std::map<std::string, std::string> files;
  /// File variables whose file is too large or cannot be read. Their value is the path.
  std::vector<std::string> unread;
};

/// Takes every variable of the environment. A variable is a file variable if its value is the
/// absolute path of a regular file with the variable's name, in a folder whose name ends in `.tmp`:
/// there, beside the project's folder, GitLab Runner writes these files.
JobVariables ReadJobVariables(const Environment::Variables& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_JOB_VARIABLES_H_
