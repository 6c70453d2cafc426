#ifndef JOBWARDEN_VERIFIER_OS_REMOVE_TREE_H_
#define JOBWARDEN_VERIFIER_OS_REMOVE_TREE_H_

#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

/// Removes a file, or a folder with all that is in it, whatever a job made of it: no link is
/// followed, no depth costs more than some seventy open descriptors, folders without permissions
/// are given some, and what a job mounted is taken off where this process may. An absent path is no
/// error.
///
/// The folder that `path` lies in must not be the job's. STATE_UNWRITABLE; then the rest lies where
/// it lay, though perhaps not as deep.
Status RemoveTree(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_REMOVE_TREE_H_
