#ifndef JOBWARDEN_VERIFIER_OS_CLOCK_H_
#define JOBWARDEN_VERIFIER_OS_CLOCK_H_

#include <chrono>

namespace jobwarden {

/// The system's time, in whole seconds.
std::chrono::sys_seconds SystemNow();

/// Returns after this much time.
void SleepFor(std::chrono::seconds time);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_CLOCK_H_
