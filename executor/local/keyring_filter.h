#ifndef JOBWARDEN_EXECUTOR_LOCAL_KEYRING_FILTER_H_
#define JOBWARDEN_EXECUTOR_LOCAL_KEYRING_FILTER_H_

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// A file with rules of seccomp, as bubblewrap's `--seccomp` reads them: a process has no keyrings,
/// as if the kernel had been built without them (ENOSYS). No namespace keeps keyrings apart: each
/// process of a user may link the keyrings of that user, and so reads the keys of GitLab Runner or
/// of a job that runs at the same time. DRIVER_FAILED.
Result<Fd> KeyringFilter();

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_KEYRING_FILTER_H_
