#ifndef JOBWARDEN_EXECUTOR_LOCAL_USER_MOUNTS_H_
#define JOBWARDEN_EXECUTOR_LOCAL_USER_MOUNTS_H_

#include "verifier/os/user.h"

namespace jobwarden {

/// Ends the FUSE file systems that the user mounted (fusermount). A process that waits for the
/// server of such a file system takes no signal, not even if it is that server; it goes on when the
/// file system has ended, and dies of what killed it. This function looks at the mounts
/// that this process sees, which are detached too, and at those that only processes of the user
/// see.
///
/// For root. File systems that root or another user mounted stay, and so does all where the kernel
/// has no FUSE.
void EndFileSystemsOf(const User& user);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_USER_MOUNTS_H_
