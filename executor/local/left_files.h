#ifndef JOBWARDEN_EXECUTOR_LOCAL_LEFT_FILES_H_
#define JOBWARDEN_EXECUTOR_LOCAL_LEFT_FILES_H_

#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// The folders of this machine in which every user may make files, and in which programs do: /tmp,
/// /var/tmp, /dev/shm (POSIX shared memory and semaphores), /run/lock.
std::vector<std::string> OpenFolders();

/// Removes from these folders what belongs to the user or to one of its subordinate ids, and from
/// the folders of root in them that are open to all too (/tmp/.X11-unix).
///
/// File systems that are mounted there stay, whoever owns them, and are not waited for.
///
/// For root, after the end of all processes of the user: nobody changes a name meanwhile.
/// STATE_UNWRITABLE; all else is removed then.
Status RemoveLeftFiles(const User& user, const std::vector<std::string>& folders);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_LEFT_FILES_H_
