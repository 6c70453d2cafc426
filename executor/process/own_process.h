#ifndef JOBWARDEN_EXECUTOR_PROCESS_OWN_PROCESS_H_
#define JOBWARDEN_EXECUTOR_PROCESS_OWN_PROCESS_H_

#include <functional>

#include "verifier/base/result.h"

namespace jobwarden {

/// Does `work` in a process of its own, which first gives up rights: `become` returns 0, or the
/// errno that kept it from doing so. Returns what the work returned: nothing, or its first finding
/// without the evidence.
///
/// DRIVER_FAILED when that process cannot be started, cannot become what it should, ends otherwise
/// than by coming to the end of its work, or takes longer than 10 s: then it is killed, and not
/// waited for. The caller has one thread.
Status InOwnProcess(const std::function<int()>& become, const std::function<Status()>& work);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_OWN_PROCESS_H_
