#ifndef JOBWARDEN_EXECUTOR_LOCAL_SSH_INCLUDES_H_
#define JOBWARDEN_EXECUTOR_LOCAL_SSH_INCLUDES_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"

namespace jobwarden {

/// The patterns of files that a text in the syntax of ssh_config(5) includes, as it has them.
std::vector<std::string> IncludedPatterns(std::string_view ssh_config);

/// The files that /etc/ssh/ssh_config includes, and those that these include, without links: as far
/// as this process may read them, and 64 at most.
///
/// ssh takes an included file only where it belongs to root or to the caller, and fails otherwise.
/// In a sandbox root's files belong to nobody, because root is not a user there.
std::vector<std::string> SshIncludes();

/// Copies these files into `folder`, which is there and empty, each to its own path below it. The
/// copies belong to this process' user. STATE_UNWRITABLE.
Status CopyBelow(const std::string& folder, const std::vector<std::string>& files);

/// Adds bubblewrap's arguments that put each copy in the place of its file, read-only.
void AppendCopies(const std::string& folder, std::vector<std::string>& command);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_SSH_INCLUDES_H_
