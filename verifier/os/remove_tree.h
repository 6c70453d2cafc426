#ifndef JOBWARDEN_VERIFIER_OS_REMOVE_TREE_H_
#define JOBWARDEN_VERIFIER_OS_REMOVE_TREE_H_

#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

/// Removes a file, or a folder with all its content, whatever a job put there. It follows no link,
/// opens about seventy descriptors at most, however deep the tree is, makes folders without
/// permissions accessible, and unmounts what a job mounted if this process may. An absent path is
/// not an error.
///
/// STATE_UNWRITABLE when something cannot be removed. The rest stays, though perhaps less deep.
/// REQUIRES: no job can write the folder of `path`.
Status RemoveTree(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_REMOVE_TREE_H_
