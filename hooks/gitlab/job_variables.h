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

/// A job's variables, as a process that its script started finds them.
struct JobVariables {
  /// The legacy tokens' names first: in which order the server sent them is not known here, and a
  /// copy of such a token under another name would else make an id_token of it.
  std::vector<Variable> variables;
  /// File variables, which hold what their file holds, and the file's path.
  std::map<std::string, std::string> files;
  /// File variables whose file is too large, or cannot be read. They hold their path.
  std::vector<std::string> unread;
};

/// Takes every variable of the environment. One that holds an absolute path of a regular file,
/// which has the variable's own name in a folder whose name ends in `.tmp`, is a file variable:
/// there GitLab Runner writes them, beside the project's folder.
JobVariables ReadJobVariables(const Environment::Variables& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITLAB_JOB_VARIABLES_H_
