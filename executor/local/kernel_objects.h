#ifndef JOBWARDEN_EXECUTOR_LOCAL_KERNEL_OBJECTS_H_
#define JOBWARDEN_EXECUTOR_LOCAL_KERNEL_OBJECTS_H_

#include "verifier/base/result.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// Removes what the kernel keeps of a user after the end of its processes: keys and keyrings (of
/// the user, of its sessions, persistent ones), System V shared memory, semaphores and message
/// queues, POSIX message queues. Objects of its subordinate ids go too. (POSIX shared memory and
/// semaphores are files: see left_files.h.)
///
/// For root, after the end of all processes of the user. What this machine does not have is no
/// error. STATE_UNWRITABLE, DRIVER_FAILED; all else is removed then.
///
/// A keyring stays if its owner took the rights to change it and to search it from everybody: no
/// job finds anything in it.
Status RemoveKernelObjects(const User& user);

/// Gives this process, and what it starts, a new session keyring, so that a job does not share that
/// of GitLab Runner.
void JoinNewSessionKeyring();

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_KERNEL_OBJECTS_H_
